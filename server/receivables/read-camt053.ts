import { add, compare, negate, parseDecimal, type Rational, roundToMinor, sum } from '../../engine/money.ts';
import { isDay } from '../outside-values.ts';
import { type BankStatement, type BankTransaction, statementFault } from './bank-statement.ts';
import { readEntry, type StatementEntry } from './read-camt053-entry.ts';
import { attributeAt, type Element, elementsAt, parseXml, textAt } from './xml.ts';

/** Banks send a few thousand transactions a day; a file of this size has some 20,000. */
export const mostStatementBytes = 20 * 1024 * 1024;

/**
 * Reads an ISO 20022 bank-to-customer statement (camt.053.001.02 to .001.13; 02 and 08 are what banks send). What a bank leaves open between the
 * versions is read from wherever it stands: parties with and without `Pty`, status as text or code, amounts of single transactions in `Amt` or
 * `AmtDtls`. Opening balance + booked entries must be the closing balance.
 *
 * @throws StatementFault saying what is wrong and where.
 */
export function readCamt053(bytes: Uint8Array): readonly BankStatement[] {
  if (bytes.length > mostStatementBytes)
    throw statementFault(`The file has more than ${mostStatementBytes / 1024 / 1024} MiB: send it in parts`);
  let text: string;
  let root: Element;
  try {
    text = decode(bytes);
    root = parseXml(text);
  } catch (error) {
    throw statementFault(`The file cannot be read: ${(error as Error).message}`);
  }
  const [document] = elementsAt(root, 'Document');
  // The parser drops the namespace, whose end is the message's name and version.
  const version = /<(?:\w+:)?Document\b[^>]*?(camt\.\d{3}\.\d{3}\.\d{2})/.exec(text)?.[1] ?? '';
  if (!/^camt\.053\.001\.(0[2-9]|1[0-3])$/.test(version))
    throw statementFault(
      `The file is ${version === '' ? 'no message of ISO 20022' : `a ${version}`}: send account statements, camt.053.001.02 to .13`,
    );
  const statements = elementsAt(document, 'BkToCstmrStmt/Stmt');
  if (statements.length === 0) throw statementFault('The file holds no statement (BkToCstmrStmt/Stmt)');
  return statements.map(readStatement);
}

function decode(bytes: Uint8Array): string {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const encoding = /<\?xml[^>]*encoding=["']([\w-]+)["']/.exec(head)?.[1] ?? 'utf-8';
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}

function readStatement(statement: Element, index: number): BankStatement {
  const id = textAt(statement, 'Id');
  const account = textAt(statement, 'Acct/Id/IBAN', 'Acct/Id/Othr/Id').replace(/\s/g, '');
  const where = `Statement ${id || index + 1}`;
  if (id === '') throw statementFault(`${where} has no identification (Id)`);
  if (account === '') throw statementFault(`${where} names no account (Acct/Id)`);
  const opening = balance(statement, where, ['OPBD', 'PRCD']);
  const closing = balance(statement, where, ['CLBD']);
  if (opening.currency !== closing.currency)
    throw statementFault(`${where} opens in ${opening.currency} and closes in ${closing.currency}`);
  const entries = elementsAt(statement, 'Ntry').map((entry, place) => readEntry(entry, place + 1, where));
  const booked = entries.filter((entry) => entry.booked);
  checkSum(where, opening, closing, booked);
  return {
    account,
    id,
    currency: opening.currency,
    opensOn: opening.on,
    closesOn: closing.on,
    opening: opening.text,
    closing: closing.text,
    entries: entries.length,
    transactions: booked.flatMap((entry): readonly BankTransaction[] => entry.transactions),
  };
}

interface Balance {
  readonly amount: Rational;
  readonly text: string;
  readonly currency: string;
  readonly on: string;
}

function balance(statement: Element, where: string, codes: readonly string[]): Balance {
  const balances = elementsAt(statement, 'Bal');
  for (const code of codes) {
    const found = balances.find((one) => textAt(one, 'Tp/CdOrPrtry/Cd') === code);
    if (found === undefined) continue;
    const amount = textAt(found, 'Amt');
    if (!/^\d{1,13}(\.\d{1,5})?$/.test(amount))
      throw statementFault(`${where}, balance ${code}: “${amount}” is no amount`);
    const on = textAt(found, 'Dt/Dt', 'Dt/DtTm').slice(0, 10);
    if (!isDay(on)) throw statementFault(`${where}, balance ${code}: there is no day “${on}” (Dt)`);
    const text = textAt(found, 'CdtDbtInd') === 'DBIT' ? `-${amount}` : amount;
    return {
      text,
      amount: parseDecimal(text),
      currency: attributeAt(found, 'Amt', 'Ccy'),
      on,
    };
  }
  throw statementFault(`${where} has no balance ${codes.join(' or ')}: without it nobody can tell whether it is whole`);
}

function checkSum(where: string, opening: Balance, closing: Balance, booked: readonly StatementEntry[]): void {
  const moved = sum(booked.map((entry) => (entry.isCredit ? entry.amount : negate(entry.amount))));
  const expected = add(opening.amount, moved);
  if (compare(expected, closing.amount) === 0) return;
  const show = (amount: Rational) => `${roundToMinor(amount, closing.currency, 'half up')} ${closing.currency}`;
  throw statementFault(
    `${where} does not add up: ${show(opening.amount)} at the beginning and ${booked.length} booked entries make ${show(expected)}, but it closes with ${show(closing.amount)}`,
  );
}
