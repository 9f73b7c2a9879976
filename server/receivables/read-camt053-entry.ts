import { compare, parseDecimal, type Rational, roundToMinor, sum } from '../../engine/money.ts';
import { isDay } from '../outside-values.ts';
import { type BankTransaction, statementFault } from './bank-statement.ts';
import { isPayable } from './payment.ts';
import { attributeAt, type Element, elementsAt, textAt } from './xml.ts';

export interface StatementEntry {
  readonly amount: Rational;
  readonly isCredit: boolean;
  /** Pending entries are told, but no part of the balance. */
  readonly booked: boolean;
  readonly transactions: readonly BankTransaction[];
}

/** @throws StatementFault naming the entry. */
export function readEntry(entry: Element, place: number, statement: string): StatementEntry {
  const where = `${statement}, entry ${place}`;
  const text = textAt(entry, 'Amt');
  if (!isAmount(text)) throw statementFault(`${where}: “${text}” is no amount`);
  const direction = textAt(entry, 'CdtDbtInd');
  if (direction !== 'CRDT' && direction !== 'DBIT')
    throw statementFault(`${where} is neither credit nor debit (CdtDbtInd)`);
  const bookedOn = textAt(entry, 'BookgDt/Dt', 'BookgDt/DtTm', 'ValDt/Dt', 'ValDt/DtTm').slice(0, 10);
  const booked = textAt(entry, 'Sts/Cd', 'Sts') === 'BOOK';
  if (booked && bookedOn === '') throw statementFault(`${where} has no day of booking (BookgDt)`);
  if (booked && !isDay(bookedOn)) throw statementFault(`${where}: there is no day “${bookedOn}” (BookgDt)`);
  const details = elementsAt(entry, 'NtryDtls/TxDtls');
  const own = { amount: text, currency: attributeAt(entry, 'Amt', 'Ccy') };
  const parts = booked ? apart(details, own, where) : [];
  const [finer] = parts.filter((part) => !isPayable(part.amount, own.currency));
  if (finer !== undefined) throw statementFault(`${where}: ${finer.amount} is finer than ${own.currency} is paid in`);
  return {
    amount: parseDecimal(text),
    isCredit: direction === 'CRDT',
    booked,
    transactions: parts.map((part, index) =>
      readTransaction(entry, part.details, {
        ...own,
        amount: part.amount,
        bookedOn,
        direction,
        place: `${place}.${index + 1}`,
      }),
    ),
  };
}

/** The transactions of a batch with their amounts, which make the entry; an entry without details is one transaction. */
function apart(
  details: readonly Element[],
  { amount, currency }: Pick<Booking, 'amount' | 'currency'>,
  where: string,
): readonly { readonly details: Element | undefined; readonly amount: string }[] {
  if (details.length <= 1) return [{ details: details[0], amount }];
  const parts = details.map((one) => ({
    details: one,
    amount: textAt(one, 'Amt', 'AmtDtls/TxAmt/Amt', 'AmtDtls/InstdAmt/Amt'),
  }));
  const [lacking] = parts.filter((part) => !isAmount(part.amount));
  if (lacking !== undefined)
    throw statementFault(`${where}: a transaction of the batch has no amount (“${lacking.amount}”)`);
  const total = sum(parts.map((part) => parseDecimal(part.amount)));
  if (compare(total, parseDecimal(amount)) !== 0)
    throw statementFault(
      `${where}: the ${parts.length} transactions of the batch make ${roundToMinor(total, currency, 'half up')}, the entry says ${amount}`,
    );
  return parts;
}

interface Booking {
  readonly amount: string;
  readonly currency: string;
  readonly bookedOn: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly place: string;
}

function readTransaction(entry: Element, details: Element | undefined, booking: Booking): BankTransaction {
  const { direction, place, ...rest } = booking;
  const kind = kindOf(entry, details, direction);
  // The other side of a credit is the debtor; a direct debit that comes back names the parties as they were when it was collected.
  const party = kind === 'other' && direction === 'DBIT' ? 'Cdtr' : 'Dbtr';
  const references = [
    ...elementsAt(details, 'RmtInf/Strd/CdtrRefInf/Ref').map((ref) => textOf(ref)),
    textAt(details, 'Refs/EndToEndId'),
  ].filter((reference) => reference !== '' && reference !== 'NOTPROVIDED');
  const bankReference = textAt(details, 'Refs/AcctSvcrRef') || textAt(entry, 'AcctSvcrRef');
  const reason = [textAt(details, 'RtrInf/Rsn/Cd', 'RtrInf/Rsn/Prtry'), textAt(details, 'RtrInf/AddtlInf')]
    .filter(Boolean)
    .join(' ');
  const originalAmount = textAt(details, 'AmtDtls/InstdAmt/Amt');
  return {
    ...rest,
    place,
    kind,
    method: methodOf(entry, details),
    partyName: textAt(
      details,
      `RltdPties/${party}/Nm`,
      `RltdPties/${party}/Pty/Nm`,
      `RltdPties/Ultmt${party}/Nm`,
      `RltdPties/Ultmt${party}/Pty/Nm`,
    ),
    partyIban: textAt(details, `RltdPties/${party}Acct/Id/IBAN`, `RltdPties/${party}Acct/Id/Othr/Id`).replace(
      /\s/g,
      '',
    ),
    references,
    // Banks cut the text into lines wherever they end; blanks inside a number do no harm.
    remittance:
      elementsAt(details, 'RmtInf/Ustrd').map(textOf).join(' ') ||
      textAt(details, 'AddtlTxInf') ||
      textAt(entry, 'AddtlNtryInf'),
    bankReference,
    ...(kind === 'return' && { reason: reason || codeOf(entry, details) }),
    ...(kind === 'return' && isAmount(originalAmount) && { originalAmount }),
  };
}

/** Unpaid and reimbursed direct debits, returned and reimbursed transfers (ISO 20022 external bank transaction codes). */
const returnCodes = new Set(['UPDD', 'PRDD', 'RPCR', 'RRTN', 'RRCT', 'RIMB', 'UPCT']);

function kindOf(
  entry: Element,
  details: Element | undefined,
  direction: Booking['direction'],
): BankTransaction['kind'] {
  const isReversal = textAt(entry, 'RvslInd') === 'true' || textAt(entry, 'RvslInd') === '1';
  const isReturn = elementsAt(details, 'RtrInf').length > 0 || returnCodes.has(codeOf(entry, details));
  if (direction === 'DBIT') return isReversal || isReturn ? 'return' : 'other';
  // A charge that the bank gives back is nobody's payment.
  return isReversal ? 'other' : 'credit';
}

function codeOf(entry: Element, details: Element | undefined): string {
  return textAt(details, 'BkTxCd/Domn/Fmly/SubFmlyCd') || textAt(entry, 'BkTxCd/Domn/Fmly/SubFmlyCd');
}

function methodOf(entry: Element, details: Element | undefined): BankTransaction['method'] {
  const family = textAt(details, 'BkTxCd/Domn/Fmly/Cd') || textAt(entry, 'BkTxCd/Domn/Fmly/Cd');
  if (family === 'IDDT' || family === 'RDDT') return 'direct debit';
  return family === 'MCRD' || family === 'CCRD' ? 'card' : 'manual';
}

function textOf(element: Element): string {
  if (typeof element === 'string') return element.trim();
  const text = element['#text'];
  return typeof text === 'string' ? text.trim() : '';
}

function isAmount(text: string): boolean {
  return /^\d{1,13}(\.\d{1,5})?$/.test(text);
}
