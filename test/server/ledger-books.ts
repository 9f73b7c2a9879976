import type { Knex } from 'knex';
import { readMetrics } from '../../server/report/read-metrics.ts';

/** An invoice of 100.00 EUR with 19.00 EUR tax unless said otherwise, of an account that `enrol` made. */
export async function issue(
  db: Knex,
  number: string,
  changes: {
    readonly account?: string;
    readonly net?: string;
    readonly tax?: string;
    readonly issuedOn?: string;
    readonly dueOn?: string;
    readonly from?: string;
    readonly taxes?: readonly { category: string; percent: string; amount: string }[];
  } = {},
): Promise<void> {
  const { account = 'A-C-1', net = '100.00', tax = '19.00', issuedOn = '2026-06-01' } = changes;
  const taxes = changes.taxes ?? [{ category: 'S', percent: '19', amount: tax }];
  await db('invoice').insert({
    number,
    legal_entity: 'NM-DE',
    account_id: account,
    customer_id: account.slice(2),
    period_from: changes.from ?? periodOf(number),
    period_until: issuedOn,
    issued_on: issuedOn,
    due_on: changes.dueOn ?? '2026-06-15',
    currency: 'EUR',
    net,
    tax,
    total: db.raw('?::numeric + ?::numeric', [net, tax]),
    bill: JSON.stringify({ lines: [], taxes }),
  });
}

/** A credit note on an invoice of the account, at 19 %. */
export async function giveBack(
  db: Knex,
  number: string,
  corrects: string,
  net: string,
  tax: string,
  issuedOn = '2026-06-20',
): Promise<void> {
  const invoice = await db('invoice').where({ number: corrects }).first();
  await db('credit_note').insert({
    number,
    legal_entity: 'NM-DE',
    account_id: invoice.account_id,
    customer_id: invoice.customer_id,
    corrects,
    issued_on: issuedOn,
    currency: 'EUR',
    net,
    tax,
    total: db.raw('?::numeric + ?::numeric', [net, tax]),
    note: JSON.stringify({ lines: [], taxes: [{ category: 'S', percent: '19', amount: tax }] }),
  });
}

/** A payment as it is stored, of 119.00 EUR for the account of C-1 unless said otherwise. */
export async function pay(
  db: Knex,
  id: string,
  changes: {
    readonly amount?: string;
    readonly account?: string | null;
    readonly invoice?: string | null;
    readonly on?: string;
  } = {},
): Promise<void> {
  await db('payment').insert({
    payment_id: id,
    account_id: changes.account === undefined ? 'A-C-1' : changes.account,
    invoice_number: changes.invoice ?? null,
    received_on: changes.on ?? '2026-06-10',
    amount: changes.amount ?? '119.00',
    currency: 'EUR',
    method: 'manual',
  });
}

/** What is open of each invoice. */
export async function openAmounts(db: Knex): Promise<Readonly<Record<string, string>>> {
  const rows = await db('open_invoice').orderBy('number').select('number', 'open');
  return Object.fromEntries(rows.map(({ number, open }) => [number, open]));
}

/** The postings of an entry as `ledger detail account: amount`, in their order. */
export async function postingsOf(db: Knex, entry: string): Promise<readonly string[]> {
  const rows = await db('posting').where({ entry }).orderBy('place');
  return rows.map(({ ledger, detail, account_id, amount }) =>
    [ledger, detail, account_id, amount].filter((part) => part !== '' && part !== null).join(' '),
  );
}

/** The balance of each ledger that anything was posted to, debit above zero. */
export async function trialBalance(db: Knex): Promise<Readonly<Record<string, string>>> {
  const { rows } = await db.raw<{ rows: { ledger: string; amount: string }[] }>(
    'select ledger, sum(amount) as amount from posting group by 1 order by 1',
  );
  return Object.fromEntries(rows.map(({ ledger, amount }) => [ledger, amount]));
}

/** What the metrics of all runs, and of what no run issued, come to: each as the ledger has it, where credit is below zero. */
export async function sumsOfMetrics(db: Knex): Promise<Readonly<Record<string, string>>> {
  const cents: Record<string, number> = {};
  for (const { metric, value } of await readMetrics(db))
    cents[metric] = (cents[metric] ?? 0) - Math.round(Number(value) * 100);
  const sum = (metric: string) => ((cents[metric] ?? 0) / 100).toFixed(2);
  return {
    'by plan': sum('revenue-by-plan'),
    'by service': sum('revenue-by-service'),
    'by tax': sum('revenue-by-tax'),
    tax: sum('tax'),
  };
}

/** Invoices of one account need different first days; which, is all the same here. */
function periodOf(number: string): string {
  const days = [...number].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9_000, 7);
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}
