/** Usage of prepaid lines that comes, or is withdrawn, when its cycle is issued: charged, paid and left as if it had been known in time. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findAccountCycle } from '../../server/bill-run/find-cycle.ts';
import { applyCorrections } from '../../server/corrections/ask-corrections.ts';
import { creditNow } from '../../server/prepaid/credit-now.ts';
import { recordTopUp, type TopUp } from '../../server/prepaid/record-top-up.ts';
import { enrol } from './engagement-books.ts';
import { openSmallBooks, type SmallBooks } from './small-books.ts';

const rulebook = `
plan prepaid "Prepaid" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  usage paid from credit
  rate data charge 1.00 EUR per GB

plan open "Prepaid, rest billed" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  usage paid from credit, rest billed
  rate data charge 1.00 EUR per GB

tax standard otherwise 0% category Z
`;

let books: SmallBooks;
beforeEach(async () => {
  books = await openSmallBooks(rulebook);
});
// Asks all checks of the ledger.
afterEach(() => books.close());

const at = (day: string) => Date.parse(`${day}T05:00Z`);
const credit = (id: string, kind: 'paid' | 'bonus', amount: string, expires?: string): Omit<TopUp, 'accountId'> => ({
  ...{ source: 'shop', id, kind, amount, currency: 'EUR', receivedAt: at('2026-04-01') },
  ...(kind === 'paid' ? { method: 'card', reason: '' } : { method: '', reason: 'Sorry' }),
  ...(expires !== undefined && { expiresAt: at(expires) }),
});
const paid = (id: string, amount: string, expires?: string) => credit(id, 'paid', amount, expires);
const bonus = (id: string, amount: string, expires?: string) => credit(id, 'bonus', amount, expires);

interface Case {
  readonly title: string;
  readonly plan?: 'prepaid' | 'open';
  readonly credits: readonly Omit<TopUp, 'accountId'>[];
  readonly charged: number;
  readonly due?: number;
  /** Of each credit, by its id. */
  readonly used: Readonly<Record<string, number>>;
}

/** Days on which what is used, in gigabytes. */
const uses = {
  april: ['2026-04-10', 3],
  late: ['2026-04-11', 3],
  may: ['2026-05-10', 2],
  june: ['2026-06-10', 1],
} as const;
type Use = keyof typeof uses;
const record = (account: number, use: Use) => {
  const [day, gigabytes] = uses[use];
  const number = `+3584012${account + 100}`;
  return `R,${use}-${account},1,${number},data,${day}T10:00:00+03:00,0,${gigabytes * 1e9},0,outgoing,,,24405`;
};

/** What is delivered and withdrawn before April, May and June are billed. */
interface Delivery {
  readonly comes: readonly [readonly Use[], readonly Use[], readonly Use[]];
  /** The month, counted from 0, before whose bill the late use is withdrawn. */
  readonly goes?: number;
  /** The month before whose bill a person asks for corrections. */
  readonly asked?: number;
}

/** Bills an account for each case and delivery, all in the same runs; by case and delivery, what follows. */
async function billed(cases: readonly Case[], deliveries: readonly Delivery[]) {
  const accounts = cases.flatMap((one) => deliveries.map((delivery) => ({ ...one, ...delivery })));
  for (const [index, { plan = 'prepaid', credits }] of accounts.entries()) {
    await enrol(books.db, `C-${index}`, { subscription: { plan, msisdn: `+3584012${index + 100}` } });
    for (const topUp of credits)
      await recordTopUp(books.db, { ...topUp, id: `${topUp.id}-${index}`, accountId: `A-C-${index}` });
  }
  for (const [month, closesFrom] of ['2026-05-01', '2026-06-01', '2026-07-01'].entries()) {
    await books.collect(accounts.flatMap(({ comes }, index) => (comes[month] ?? []).map((use) => record(index, use))));
    const gone = accounts.flatMap(({ goes }, index) => (goes === month ? [`late-${index}`] : []));
    if (gone.length > 0) await books.withdraw(gone);
    const asking = accounts.flatMap(({ asked }, index) => (asked === month ? [`A-C-${index}`] : []));
    const { refused } = await applyCorrections(
      books.db,
      { accounts: asking },
      { by: 'a person', why: 'Asked', today: closesFrom },
    );
    expect(refused).toEqual([]);
    await books.bill(closesFrom);
  }
  return Promise.all(accounts.map(({ title }, index) => outcome(title, index)));
}

async function outcome(title: string, index: number) {
  const { db } = books;
  const account = { account_id: `A-C-${index}` };
  const sumOf = async (table: string, column: string) =>
    Number((await db(table).where(account).sum({ sum: column }).first())?.sum ?? 0);
  const byCredit = async (rows: Promise<readonly { credit: string; sum: string }[]>) =>
    Object.fromEntries(
      (await rows).flatMap(({ credit, sum }) =>
        Number(sum) === 0 ? [] : [[credit.replace(/^shop.|-\d+$/g, ''), Number(sum)]],
      ),
    );
  return {
    title,
    charged: (await sumOf('invoice', 'total')) - (await sumOf('credit_note', 'total')),
    due: (await sumOf('open_invoice', 'open')) - (await sumOf('credit_source', 'unused')),
    used: await byCredit(db('credit_use').where(account).groupBy('credit').select('credit').sum({ sum: 'amount' })),
    pays: await byCredit(
      db('allocation')
        .where({ ...account, kind: 'prepaid credit' })
        .groupBy('document')
        .select('document as credit')
        .sum({ sum: 'amount' }),
    ),
  };
}

/** Paid credit pays what is used of it; gifts pay nothing, they lower what is charged. */
function expected(cases: readonly Case[], deliveries: readonly Delivery[]) {
  return cases.flatMap(({ title, charged, due = 0, used }) => {
    const { G: _, ...pays } = used as Record<string, number>;
    return deliveries.map(() => ({ title, charged, due, used, pays }));
  });
}

test('late usage of prepaid lines is charged and paid as if it had come in time', async () => {
  const cases: readonly Case[] = [
    { title: 'credit suffices', credits: [paid('T', '20.00')], charged: 9, used: { T: 9 } },
    { title: 'bonus first', credits: [bonus('G', '5.00'), paid('T', '20.00')], charged: 4, used: { G: 5, T: 4 } },
    { title: 'credit ends in the corrected cycle', credits: [paid('T', '5.00')], charged: 5, used: { T: 5 } },
    { title: 'bonus alone, that ends', credits: [bonus('G', '5.00')], charged: 0, used: { G: 5 } },
    {
      title: 'credit expired between',
      credits: [paid('S', '5.00', '2026-05-01'), paid('T', '20.00')],
      ...{ charged: 9, used: { S: 5, T: 4 } },
    },
    {
      title: 'bonus expired between',
      credits: [bonus('G', '4.00', '2026-04-20'), paid('T', '20.00')],
      ...{ charged: 5, used: { G: 4, T: 5 } },
    },
    { title: 'the rest is money', plan: 'open', credits: [paid('T', '5.00')], charged: 9, due: 4, used: { T: 5 } },
  ];
  const deliveries: readonly Delivery[] = [
    { comes: [['april', 'late'], ['may'], ['june']] },
    { comes: [['april'], ['late', 'may'], ['june']] },
    { comes: [['april'], ['may'], ['june', 'late']] },
    { comes: [['april'], ['late', 'may'], ['june']], asked: 1 },
    { comes: [['april'], ['may'], ['late', 'june']], asked: 2 },
  ];
  expect(await billed(cases, deliveries)).toEqual(expected(cases, deliveries));
});

test('what withdrawn usage had drawn is again what it was: credit, a gift, or money', async () => {
  const cases: readonly Case[] = [
    { title: 'credit', credits: [paid('T', '20.00')], charged: 6, used: { T: 6 } },
    { title: 'bonus first', credits: [bonus('G', '5.00'), paid('T', '20.00')], charged: 1, used: { G: 5, T: 1 } },
    { title: 'credit that had ended by it', credits: [paid('T', '5.00')], charged: 5, used: { T: 5 } },
    { title: 'the rest was money', plan: 'open', credits: [paid('T', '5.00')], charged: 6, due: 1, used: { T: 5 } },
    {
      title: 'credit that has expired since',
      credits: [paid('S', '5.00', '2026-05-01'), paid('T', '20.00')],
      ...{ charged: 6, used: { S: 3, T: 3 } },
    },
  ];
  const deliveries: readonly Delivery[] = [
    { comes: [['april'], ['may'], ['june']] },
    { comes: [['april', 'late'], ['may'], ['june']], goes: 1 },
    { comes: [['april', 'late'], ['may'], ['june']], goes: 2 },
    { comes: [['april', 'late'], ['may'], ['june']], goes: 1, asked: 1 },
    { comes: [['april', 'late'], ['may'], ['june']], goes: 2, asked: 2 },
  ];
  expect(await billed(cases, deliveries)).toEqual(expected(cases, deliveries));
});

test('what an account has now is counted on over all cycles that are not billed yet, with what corrects those that are', async () => {
  const { db, rules, collect, bill } = books;
  await enrol(db, 'C-0', { subscription: { plan: 'prepaid', msisdn: '+3584012100' } });
  await recordTopUp(db, { ...paid('T', '5.00'), accountId: 'A-C-0' });
  await recordTopUp(db, { ...paid('U', '2.00'), accountId: 'A-C-0', receivedAt: at('2026-07-02') });
  const balance = async () => {
    const load = (id: string, from?: string) => findAccountCycle(db, id, '2026-07-10', from);
    return (await creditNow(db, load, 'A-C-0', rules, at('2026-07-10')))?.balance;
  };
  await collect([record(0, 'april')]);
  expect(await balance()).toBe('4.00');
  await collect([record(0, 'may')]);
  expect(await balance()).toBe('2.00');
  await bill('2026-05-01');
  expect(await balance()).toBe('2.00');
  await collect([record(0, 'june'), record(0, 'late')]);
  expect(await balance()).toBe('2.00');
});
