/**
 * Whether an error says that the database went away or took something back, and not that something is wrong with what
 * was asked: the same may be asked again.
 */
export function isOutage(error: unknown): boolean {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  return code ? outageCodes.test(code) : outageWords.test(message);
}

/** SQLSTATE classes 08 (connection), 40 (rolled back: deadlock, serialization), 57P (shut down, starting up); errors of sockets. */
const outageCodes = /^(08|40|57P|ECONN|EPIPE|ETIMEDOUT)/;

/** What the driver and its pools say without a code; knex puts the statement before it, be it only "ROLLBACK". */
const outageWords =
  /(^| - )(Connection terminated|Connection ended|Client has encountered a connection error|Client was closed|Knex: Timeout acquiring)/;
