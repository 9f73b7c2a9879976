import type { Knex } from 'knex';
import { add, compare, parseDecimal, zero } from '../../engine/money.ts';
import {
  type AccountKnown,
  chooseInvoices,
  knownPayer,
  type OpenInvoice,
  openWithAmount,
  readNamed,
} from './match-candidates.ts';
import { type NamedBySender, namedBySender } from './named-by-sender.ts';
import type { IncomingPayment, Match, MatchRule } from './payment.ts';
import { insideCreditorReference, plainReference, possibleNumbers, readsLike } from './reference-text.ts';

/**
 * Finds out whose a payment is and what it is for; the first rule that says so decides, and every answer says why. An invoice that is named
 * counts for more than a payer who is known, unless the amount speaks against it. Reads only.
 */
export async function matchPayment(trx: Knex, payment: IncomingPayment): Promise<Match> {
  const sender = await namedBySender(trx, payment);
  if (sender.kind === 'contradiction') return sender;
  const told = await bySender(trx, payment, sender);
  const match = told === undefined ? await byWhatItSays(trx, payment) : await inCurrency(trx, payment, told);
  // What the sender got wrong is what a person has to go by.
  return sender.unknown === '' ? match : { ...match, because: `${match.because}; ${sender.unknown}` };
}

async function byWhatItSays(trx: Knex, payment: IncomingPayment): Promise<Placed> {
  const payer = await knownPayer(trx, payment.payerIban);
  const named = await byNumber(trx, payment, payer);
  if (named?.kind === 'matched') return inCurrency(trx, payment, (await bySlipOfOwn(trx, payment, named)) ?? named);
  const sameAmount = await openWithAmount(trx, payment);
  const slip = byTyping(payment, sameAmount);
  // Who names an invoice of somebody else may have meant one of his own; nobody else's.
  if (slip !== undefined && (named === undefined || slip.accountId === payer?.accountId))
    return inCurrency(trx, payment, slip);
  if (named !== undefined) return named;
  const known = (await byAccountInText(trx, payment)) ?? (await byPayer(trx, payment, payer));
  if (known !== undefined) return inCurrency(trx, payment, known);
  return byNameAndAmount(payment, sameAmount);
}

type Matched = Extract<Match, { kind: 'matched' }>;
type Placed = Exclude<Match, { kind: 'contradiction' }>;

async function bySender(
  trx: Knex,
  payment: IncomingPayment,
  { invoice, accountId }: NamedBySender,
): Promise<Matched | undefined> {
  if (invoice !== undefined) return matched('sender', [invoice], `The sender names the invoice ${invoice.number}`);
  return accountId === undefined
    ? undefined
    : toAccount(trx, payment, accountId, 'sender', `The sender names the account ${accountId}`);
}

/** By invoice numbers, first in structured references, then in the free text. */
async function byNumber(
  trx: Knex,
  payment: IncomingPayment,
  payer: AccountKnown | undefined,
): Promise<Placed | undefined> {
  const references = payment.references ?? [];
  const structured = references.flatMap((text) => [
    plainReference(insideCreditorReference(text)),
    ...possibleNumbers(text),
  ]);
  const fromReference = await readNamed(trx, structured);
  const invoices =
    fromReference.length > 0 ? fromReference : await readNamed(trx, possibleNumbers(payment.remittance ?? ''));
  const by = fromReference.length > 0 ? 'reference' : 'text';
  const [first] = invoices;
  if (first === undefined) return undefined;
  const where = by === 'reference' ? `the reference “${references.join(' ')}”` : `the text “${payment.remittance}”`;
  const numbers = invoices.map((invoice) => invoice.number).join(', ');
  if (invoices.some((invoice) => invoice.accountId !== first.accountId))
    return unknown(`${upperFirst(where)} names invoices of several accounts: ${numbers}`);
  const isOfAnother = payer !== undefined && payer.accountId !== first.accountId;
  if (isOfAnother && !fits(payment, invoices))
    return unknown(
      `${upperFirst(where)} names ${numbers}, whose open amount is another, and the payer is known for account ${payer.accountId}`,
    );
  return matched(by, invoices, `${numbers} stands in ${where}`);
}

/** A slip of the finger counts only where it is plain what was meant: one open invoice of exactly this amount reads like it. */
function byTyping(payment: IncomingPayment, sameAmount: readonly OpenInvoice[]): Matched | undefined {
  const text = [...(payment.references ?? []), payment.remittance ?? ''].join(' / ');
  const meant = sameAmount.filter((invoice) => readsLike(text, invoice.number));
  const [only] = meant;
  return only !== undefined && meant.length === 1
    ? matched(
        'typing',
        [only],
        `“${text}” is ${only.number} but for one character, and the amount is what is open of it`,
      )
    : undefined;
}

/**
 * Numbers follow each other, so that a slip of the finger may name somebody else's invoice: if the amount is not what is open of it and the payer is not
 * its customer, but both are those of an invoice whose number differs in one character, that one is meant.
 */
async function bySlipOfOwn(trx: Knex, payment: IncomingPayment, named: Matched): Promise<Matched | undefined> {
  const [number] = named.invoices;
  const { payerName = '' } = payment;
  if (number === undefined || payerName === '') return undefined;
  const [invoice] = await readNamed(trx, [plainReference(number)]);
  if (invoice === undefined || fits(payment, [invoice]) || sameName(payerName, invoice.customerName)) return undefined;
  const own = (await openWithAmount(trx, payment)).filter((one) => sameName(payerName, one.customerName));
  return byTyping(payment, own);
}

async function byAccountInText(trx: Knex, payment: IncomingPayment): Promise<Matched | undefined> {
  const words = [...(payment.references ?? []), payment.remittance ?? ''].flatMap((text) => text.split(/[\s,;:()/]+/));
  const accounts = await trx('billing_account')
    .whereIn('account_id', words.filter((word) => word !== '').slice(0, 200))
    .pluck<string[]>('account_id');
  const [only] = accounts;
  return only !== undefined && accounts.length === 1
    ? toAccount(trx, payment, only, 'account', `The account ${only} stands in the text`)
    : undefined;
}

async function byPayer(
  trx: Knex,
  payment: IncomingPayment,
  payer: AccountKnown | undefined,
): Promise<Matched | undefined> {
  return (
    payer &&
    toAccount(trx, payment, payer.accountId, 'iban', `${payment.payerIban} is known for this account (${payer.source})`)
  );
}

function byNameAndAmount(payment: IncomingPayment, sameAmount: readonly OpenInvoice[]): Placed {
  const { payerName = '', amount, currency } = payment;
  const called = sameAmount.filter((invoice) => payerName !== '' && sameName(payerName, invoice.customerName));
  const [only] = called;
  if (only !== undefined && called.length === 1)
    return matched(
      'amount',
      [only],
      `${amount} ${currency} is what is open of ${only.number}, whose customer is ${only.customerName}`,
    );
  const numbers = sameAmount.slice(0, 3).map((invoice) => `${invoice.number} (${invoice.customerName})`);
  const from = [payerName, payment.payerIban, payment.remittance && `“${payment.remittance}”`]
    .filter(Boolean)
    .join(', ');
  return unknown(
    `${amount} ${currency} from ${from || 'somebody unnamed'}: no reference, account or payer is known; ${numbers.length === 0 ? 'of no invoice exactly this is open' : `exactly this is open of ${numbers.join(', ')}${sameAmount.length > 3 ? ' and others' : ''}`}`,
  );
}

async function toAccount(
  trx: Knex,
  payment: IncomingPayment,
  accountId: string,
  by: MatchRule,
  because: string,
): Promise<Matched> {
  const [invoice] = await chooseInvoices(trx, accountId, payment);
  return {
    kind: 'matched',
    accountId,
    invoices: invoice === undefined ? [] : [invoice.number],
    by,
    because: invoice === undefined ? because : `${because}; the amount is what is open of ${invoice.number}`,
  };
}

/** Money of another currency than the account's cannot settle anything there. */
async function inCurrency(trx: Knex, payment: IncomingPayment, match: Matched): Promise<Placed> {
  const { currency } = await trx('billing_account').where({ account_id: match.accountId }).first('currency');
  return currency === payment.currency
    ? match
    : {
        kind: 'unmatched',
        code: 'payment-currency',
        because: `${payment.amount} ${payment.currency} for account ${match.accountId}, which is kept in ${currency}. ${match.because}`,
      };
}

function matched(by: MatchRule, invoices: readonly OpenInvoice[], because: string): Matched {
  return {
    kind: 'matched',
    accountId: invoices[0]?.accountId ?? '',
    invoices: invoices.map(({ number }) => number),
    by,
    because,
  };
}

function unknown(because: string): Placed {
  return { kind: 'unmatched', code: 'unknown-payment', because };
}

function fits(payment: IncomingPayment, invoices: readonly OpenInvoice[]): boolean {
  const open = invoices.reduce((sum, invoice) => add(sum, parseDecimal(invoice.open)), zero);
  return compare(open, parseDecimal(payment.amount)) === 0;
}

/** The same words in any order, without accents and forms of address. */
function sameName(a: string, b: string): boolean {
  const words = (name: string) =>
    name
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 1)
      .sort()
      .join(' ');
  return words(a) !== '' && words(a) === words(b);
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
