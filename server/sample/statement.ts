/** What the company's bank tells of the days before the run: a camt.053 file as banks send it, with the mistakes that payers make. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DayNumber, dayNumber, isoDate, runIssuedOn } from './dates.ts';
import { cents } from './old-price-list.ts';

/** The first and the last day of the statement; what came in before was booked by the predecessor. */
export const statementDays = { from: dayNumber(2026, 6, 1), until: runIssuedOn - 1 } as const;
export const statementFile = 'statement-2026-06-15.camt.053.xml';

/** A transfer or a direct debit of an earlier invoice. */
export interface BankPayment {
  readonly invoice: string;
  readonly accountId: string;
  readonly accountIndex: number;
  readonly customer: string;
  readonly receivedOn: DayNumber;
  readonly amount: bigint;
}

/** The truth about the statement. */
export interface StatementTruth {
  readonly payments: number;
  /** Of the payments: more than was owed, less, paid before, a slip in the number, nobody knows whose. */
  readonly overPaid: number;
  readonly underPaid: number;
  readonly duplicate: number;
  readonly mistyped: number;
  readonly unknown: number;
  /** Direct debits that the bank took back. */
  readonly returned: number;
}

const iban = 'DE02120300000000202051';
const opening = 1_250_000n;

/**
 * Writes the statement: every transfer once, in the order of its day. The first is paid with five euro too much, the second is short of a third, the
 * third comes twice, the fourth has two digits of its number exchanged, and so on again every 40 payments; one nobody knows, one direct debit comes back.
 */
export async function writeStatement(
  folder: string,
  transfers: readonly BankPayment[],
  debited: BankPayment | undefined,
): Promise<StatementTruth> {
  const truth = { payments: 0, overPaid: 0, underPaid: 0, duplicate: 0, mistyped: 0, unknown: 0, returned: 0 };
  const entries: Entry[] = [];
  const pay = (payment: BankPayment, amount: bigint, text: string): void => {
    truth.payments++;
    entries.push(credit(payment, amount, text, truth.payments));
  };
  for (const [index, payment] of transfers.entries()) {
    const text = textOf(payment, index);
    const place = index % 40;
    if (place === 0) truth.overPaid++;
    if (place === 1) truth.underPaid++;
    if (place === 3 && exchanged(payment.invoice) !== payment.invoice) truth.mistyped++;
    pay(
      payment,
      place === 0 ? payment.amount + 500n : place === 1 ? (payment.amount * 2n) / 3n : payment.amount,
      place === 3 ? exchanged(payment.invoice) : text,
    );
    if (place !== 2) continue;
    truth.duplicate++;
    pay(payment, payment.amount, text);
  }
  truth.unknown++;
  truth.payments++;
  entries.push({
    ...plain(48_000n, statementDays.from + 3, 'CRDT', 'RCDT/ESCT'),
    party: 'Hausverwaltung Beispiel GmbH',
    text: 'Miete Juni Lindenweg 4',
    iban: ibanOf(9_999),
  });
  if (debited !== undefined) {
    truth.returned++;
    entries.push({
      ...plain(debited.amount + 350n, statementDays.from + 2, 'DBIT', 'IDDT/UPDD'),
      party: debited.customer,
      endToEnd: debited.invoice,
      returned: debited.amount,
    });
  }
  entries.push({ ...plain(990n, statementDays.until, 'DBIT', 'ACMT/MDOP'), text: 'Kontofuehrung Juni' });
  await writeFile(join(folder, statementFile), statementXml(entries.sort((a, b) => a.on - b.on)));
  return truth;
}

interface Entry {
  readonly amount: bigint;
  readonly on: DayNumber;
  readonly direction: 'CRDT' | 'DBIT';
  /** Family and sub-family of ISO 20022. */
  readonly code: string;
  readonly party?: string;
  readonly iban?: string;
  readonly text?: string;
  readonly endToEnd?: string;
  readonly bankReference?: string;
  /** What had been collected; the rest of the amount is the bank's charge. */
  readonly returned?: bigint;
}

function plain(amount: bigint, on: DayNumber, direction: Entry['direction'], code: string): Entry {
  return { amount, on, direction, code };
}

function credit(payment: BankPayment, amount: bigint, text: string, number: number): Entry {
  return {
    ...plain(amount, payment.receivedOn, 'CRDT', 'RCDT/ESCT'),
    party: payment.customer,
    iban: ibanOf(payment.accountIndex),
    text,
    bankReference: `2026060${String(number).padStart(6, '0')}`,
  };
}

/** People write the number in their own ways. */
function textOf({ invoice, accountId }: BankPayment, index: number): string {
  const ways = [
    `Rechnung ${invoice}`,
    invoice.replaceAll('-', ' '),
    `RE ${invoice.toLowerCase()} Kunde ${accountId}`,
    invoice,
  ];
  return ways[index % ways.length] as string;
}

function exchanged(invoice: string): string {
  return `${invoice.slice(0, -2)}${invoice.at(-1)}${invoice.at(-2)}`;
}

/** Made up, with right check digits (ISO 13616). */
function ibanOf(index: number): string {
  const account = `50010517${String(index).padStart(10, '0')}`;
  const check = 98n - (BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, '0')}${account}`;
}

function statementXml(entries: readonly Entry[]): string {
  const closing = entries.reduce(
    (sum, entry) => sum + (entry.direction === 'CRDT' ? entry.amount : -entry.amount),
    opening,
  );
  const balance = (code: string, amount: bigint, day: DayNumber) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${cents(amount)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${isoDate(day)}</Dt></Dt></Bal>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>NORDLICHT-2026-06-15</MsgId><CreDtTm>2026-06-15T20:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>2026-06-15</Id><CreDtTm>2026-06-15T20:00:00Z</CreDtTm><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance('OPBD', opening, statementDays.from)}
${balance('CLBD', closing, statementDays.until)}
${entries.map(entryXml).join('\n')}
</Stmt></BkToCstmrStmt></Document>
`;
}

function entryXml(entry: Entry): string {
  const [family, sub] = entry.code.split('/');
  const { party, text, endToEnd = 'NOTPROVIDED', bankReference, returned } = entry;
  return `<Ntry><Amt Ccy="EUR">${cents(entry.amount)}</Amt><CdtDbtInd>${entry.direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${isoDate(entry.on)}</Dt></BookgDt><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${family}</Cd><SubFmlyCd>${sub}</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>${bankReference ? `<AcctSvcrRef>${bankReference}</AcctSvcrRef>` : ''}<EndToEndId>${endToEnd}</EndToEndId></Refs>${returned === undefined ? '' : `<AmtDtls><InstdAmt><Amt Ccy="EUR">${cents(returned)}</Amt></InstdAmt></AmtDtls>`}${party ? `<RltdPties><Dbtr><Pty><Nm>${escaped(party)}</Nm></Pty></Dbtr>${entry.iban ? `<DbtrAcct><Id><IBAN>${entry.iban}</IBAN></Id></DbtrAcct>` : ''}</RltdPties>` : ''}${text ? `<RmtInf><Ustrd>${escaped(text)}</Ustrd></RmtInf>` : ''}${returned === undefined ? '' : '<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>'}</TxDtls></NtryDtls></Ntry>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
