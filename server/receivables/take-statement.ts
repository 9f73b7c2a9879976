import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { localDate } from '../../engine/period.ts';
import type { EngagementDeps } from '../engagement/engagement-deps.ts';
import { type BankStatement, type BankTransaction, statementFault } from './bank-statement.ts';
import { bookReturn } from './book-return.ts';
import { dayFault, type IncomingPayment, joinReferences, paymentKey } from './payment.ts';
import { storePaymentException } from './payment-exceptions.ts';
import { readCamt053 } from './read-camt053.ts';
import { takePayment } from './take-payment.ts';

/** What became of one statement of a file. */
export interface StatementReport {
  readonly account: string;
  readonly id: string;
  readonly currency: string;
  readonly opensOn: string;
  readonly closesOn: string;
  /** `known`: it was taken in before; nothing is new. */
  readonly kind: 'taken' | 'known';
  /** Payments by what became of them; `repeated` ones an earlier statement had told. */
  readonly matched: number;
  readonly unmatched: number;
  readonly repeated: number;
  readonly returned: number;
  readonly unknownReturns: number;
  /** Payments and returns that cannot be so, as of a day to come: told in the exceptions, not in the books. */
  readonly notBooked: number;
  /** Charges, transfers of ours, and what is not booked yet. */
  readonly ignored: number;
}

/**
 * Takes a file of account statements in (camt.053), all or nothing. A statement is taken in once: the same one again, in whatever file, changes nothing.
 *
 * @throws StatementFault when the file cannot be read, does not add up, or says something else under a name that was taken in.
 */
export async function takeStatementFile(
  deps: EngagementDeps,
  file: { readonly name: string; readonly bytes: Uint8Array },
  now: EpochMs,
): Promise<readonly StatementReport[]> {
  const statements = readCamt053(file.bytes);
  return deps.db.transaction(async (trx) => {
    const reports: StatementReport[] = [];
    for (const statement of statements) reports.push(await takeStatement(trx, deps, statement, file.name, now));
    return reports;
  });
}

async function takeStatement(
  trx: Knex,
  deps: EngagementDeps,
  statement: BankStatement,
  fileName: string,
  now: EpochMs,
): Promise<StatementReport> {
  const { account, id, currency, opensOn, closesOn } = statement;
  const ignored = statement.entries - new Set(moving(statement).map(({ place }) => place.split('.')[0])).size;
  const isNew = await storeStatement(trx, statement, fileName, ignored);
  const counts = { matched: 0, unmatched: 0, repeated: 0, returned: 0, unknownReturns: 0, notBooked: 0 };
  for (const transaction of isNew ? moving(statement) : [])
    counts[await takeTransaction(trx, deps, statement, transaction, now)] += 1;
  return { account, id, currency, opensOn, closesOn, kind: isNew ? 'taken' : 'known', ...counts, ignored };
}

function moving(statement: BankStatement): readonly BankTransaction[] {
  return statement.transactions.filter((one) => one.kind !== 'other');
}

/** False if it is there already. Two that come at once: the second waits here for the first's transaction. */
async function storeStatement(
  trx: Knex,
  statement: BankStatement,
  fileName: string,
  ignored: number,
): Promise<boolean> {
  const { account, id, transactions, ...rest } = statement;
  const sha256 = createHash('sha256').update(JSON.stringify(statement)).digest('hex');
  const stored = await trx('bank_statement')
    .insert({
      iban: account,
      statement_id: id,
      sha256,
      file_name: fileName,
      currency: rest.currency,
      opens_on: rest.opensOn,
      closes_on: rest.closesOn,
      opening: rest.opening,
      closing: rest.closing,
      entries: rest.entries,
      ignored,
    })
    .onConflict(['iban', 'statement_id'])
    .ignore()
    .returning('statement_id');
  if (stored.length === 1) return true;
  const known = await trx('bank_statement')
    .where({ iban: account, statement_id: id })
    .first<{ sha256: string; file_name: string }>();
  if (known.sha256 !== sha256)
    throw statementFault(
      `Statement ${id} of ${account} was taken in from ${known.file_name} and said something else: ask the bank which one holds`,
    );
  return false;
}

type Outcome = 'matched' | 'unmatched' | 'repeated' | 'returned' | 'unknownReturns' | 'notBooked';

async function takeTransaction(
  trx: Knex,
  deps: EngagementDeps,
  statement: BankStatement,
  transaction: BankTransaction,
  now: EpochMs,
): Promise<Outcome> {
  if (transaction.kind === 'return') {
    const wrongDay = dayFault(transaction.bookedOn, localDate(now, deps.settings.companyZone));
    return wrongDay === undefined
      ? bookReturn(trx, statement, transaction, now)
      : leaveOut(trx, statement, transaction, `its day ${wrongDay}`);
  }
  if (await toldByAnother(trx, statement, transaction)) return 'repeated';
  const booked = await takePayment(trx, deps, paymentOf(statement, transaction), now);
  if (booked.kind === 'unfit')
    return leaveOut(
      trx,
      statement,
      transaction,
      `its ${booked.field === 'receivedOn' ? 'day' : 'amount'} ${booked.detail}`,
    );
  return booked.kind === 'booked' && booked.accountId !== undefined ? 'matched' : 'unmatched';
}

/** The rest of the file is right: a person asks the bank about this one. */
async function leaveOut(
  trx: Knex,
  statement: BankStatement,
  transaction: BankTransaction,
  why: string,
): Promise<'notBooked'> {
  const { place, amount, currency, bookedOn, partyName, partyIban, references, remittance } = transaction;
  const from = [partyName, partyIban, ...references, remittance].filter(Boolean).join(', ');
  await storePaymentException(trx, {
    code: 'unbookable-payment',
    subject: paymentKey(paymentOf(statement, transaction)),
    evidence: `Statement ${statement.id}, entry ${place}: ${amount} ${currency} of ${bookedOn} ${transaction.kind === 'return' ? 'went back to' : 'from'} ${from || 'somebody unnamed'}; ${why}`,
  });
  return 'notBooked';
}

/**
 * Some banks repeat a booking in the next statement: its own name, day, amount and all that it says of its payer are the same. The name alone is not
 * enough: banks call many bookings alike that have none (`NONREF`), and a batch has one for all its payments.
 */
async function toldByAnother(
  trx: Knex,
  { account, id }: BankStatement,
  transaction: BankTransaction,
): Promise<boolean> {
  if (transaction.bankReference === '') return false;
  const { bankReference: bank_reference, bookedOn: received_on, amount, currency } = transaction;
  const { partyName: payer_name, partyIban: payer_iban, references, remittance } = transaction;
  const told = await trx('payment')
    .where({ bank_reference, received_on, amount, currency, statement_iban: account })
    .where({ payer_name, payer_iban, reference: joinReferences(references), remittance })
    .whereNot({ statement_id: id })
    .first('payment_id');
  return told !== undefined;
}

function paymentOf(statement: BankStatement, transaction: BankTransaction): IncomingPayment {
  return {
    provider: 'bank',
    id: `${statement.account}/${statement.id}/${transaction.place}`,
    receivedOn: transaction.bookedOn,
    amount: transaction.amount,
    currency: transaction.currency,
    method: transaction.method,
    payerName: transaction.partyName,
    payerIban: transaction.partyIban,
    references: transaction.references,
    remittance: transaction.remittance,
    bankReference: transaction.bankReference,
    statement: { iban: statement.account, id: statement.id },
  };
}
