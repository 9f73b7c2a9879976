/**
 * Whether an error says that the database went away or took something back, and not that something is wrong with what
 * was asked: the same may be asked again.
 */
export function isOutage(error: unknown): boolean {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  return code ? outageCodes.test(code) : outageWords.test(message);
}

/**
 * SQLSTATE classes 08 (connection), 40 (rolled back: deadlock, serialization), 57P (shut down, starting up), 53300 (too many
 * connections, as when all come back at once); errors of sockets, of the network, and of names that go with a server.
 */
const outageCodes = /^(08|40|57P|53300|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN)/;

/** What the driver and its pools say without a code; knex puts the statement before it, be it only "ROLLBACK". */
const outageWords =
  /(^| - )(Connection terminated|Connection ended|Client has encountered a connection error|Client was closed|Knex: Timeout acquiring|Unable to acquire a connection)/;

/** What a person is told of an error: of an outage not the statement that met it, which is not to blame. */
export function messageOf(error: Error): string {
  if (!isOutage(error)) return error.message;
  return `The database went away or broke it off (${error.message.split(' - ').at(-1)})`;
}
