/** Random pasts of many accounts in one set of books: of each record the sum of all documents shows whether it is charged, and how often. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyCorrections } from '../../server/corrections/ask-corrections.ts';
import { enrol } from './engagement-books.ts';
import { openSmallBooks, type SmallBooks } from './small-books.ts';

const plan = (id: string, policy: string) => `
plan ${id} "${id}" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  policy ${policy}
  rate data charge 0.01 EUR per MB
`;
const plans = [
  ['own', 'late usage corrects its bill'],
  ['following', 'late usage billed in the next cycle'],
  ['brief', 'late usage corrects its bill within 1 cycle'],
  ['brief_following', 'late usage billed in the next cycle within 1 cycle'],
] as const;
const rulebook = `${plans.map(([id, policy]) => plan(id, policy)).join('')}\ntax standard otherwise 0% category Z\n`;

/** Months of use, and the days on which they are billed. */
const months = ['2026-04', '2026-05', '2026-06', '2026-07'];
const closes = ['2026-05-01', '2026-06-01', '2026-07-01', '2026-08-01', '2026-09-01', '2026-10-01'];

/** Of the use of a month: with which run it comes, counted from its own, and with which it is withdrawn. */
const record = fc.record({
  month: fc.nat(3),
  day: fc.integer({ min: 5, max: 28 }),
  late: fc.constantFrom(0, 0, 1, 1, 2),
  withdrawn: fc.option(fc.nat(2), { nil: undefined, freq: 3 }),
});
const past = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 12 }),
  /** Runs before which a person has the account corrected. */
  asked: fc.uniqueArray(fc.nat(5), { maxLength: 2 }),
});

const pasts = fc.sample(past, { numRuns: 60, seed: 28 }).map(({ records, asked }, index) => {
  const [planId, policy] = plans[index % plans.length] as (typeof plans)[number];
  const id = `P-${index}`;
  const uses = records.map(({ month, day, late, withdrawn }, place) => ({
    id: `${id}-${place}`,
    start: `${months[month]}-${String(day).padStart(2, '0')}T10:00:00+03:00`,
    comes: month + late,
    /** Never, if no run is left. */
    goes: withdrawn === undefined ? Number.POSITIVE_INFINITY : month + late + withdrawn,
    // Each of its own bit: the sum of all that is charged says which they are.
    cents: 2 ** place,
    isTooLate: policy.endsWith('within 1 cycle') && late > 1,
  }));
  return { id, planId, msisdn: `+3584${String(index).padStart(4, '0')}`, uses, asked };
});

let books: SmallBooks;
beforeAll(async () => {
  books = await openSmallBooks(rulebook);
  for (const { id, planId, msisdn } of pasts) await enrol(books.db, id, { subscription: { plan: planId, msisdn } });
});
afterAll(() => books.close());

test('every record is charged exactly once, or not at all if it was withdrawn or came too late', async () => {
  const { db } = books;
  for (const [run, closesFrom] of closes.entries()) {
    const coming = pasts.flatMap(({ msisdn, uses }) =>
      uses
        .filter(({ comes }) => comes === run)
        .map(({ id, start, cents }) => `R,${id},1,${msisdn},data,${start},0,${cents * 1e6},0,outgoing,,,24405`),
    );
    if (coming.length > 0) await books.collect(coming);
    const going = pasts.flatMap(({ uses }) => uses.filter(({ goes }) => goes === run).map(({ id }) => id));
    if (going.length > 0) await books.withdraw(going);
    const accounts = pasts.filter(({ asked }) => asked.includes(run)).map(({ id }) => `A-${id}`);
    const { refused } = await applyCorrections(
      db,
      { accounts },
      { by: 'a person', why: 'To be sure', today: closesFrom },
    );
    expect(refused).toEqual([]);
    await books.bill(closesFrom);
  }
  const sums: { account_id: string; cents: string }[] = await db('invoice')
    .groupBy('account_id')
    .select('account_id', db.raw('(sum(total) * 100)::int as cents'));
  const given: typeof sums = await db('credit_note')
    .groupBy('account_id')
    .select('account_id', db.raw('(sum(total) * 100)::int as cents'));
  const centsOf = (rows: typeof sums, id: string) =>
    Number(rows.find(({ account_id }) => account_id === `A-${id}`)?.cents ?? 0);
  const charged = pasts.map(({ id, planId }) => [id, planId, (centsOf(sums, id) - centsOf(given, id)).toString(2)]);
  const truth = pasts.map(({ id, planId, uses }) => {
    const billed = uses.filter(({ goes, isTooLate }) => goes >= closes.length && !isTooLate);
    return [id, planId, billed.reduce((sum, { cents }) => sum + cents, 0).toString(2)];
  });
  expect(charged).toEqual(truth);
  // What was never charged and not withdrawn before is told, each once.
  const told: string[] = await db('exception').where({ code: 'late-beyond-limit' }).orderBy('subject').pluck('subject');
  const tooLate = pasts.flatMap(({ uses }) => uses.filter(({ isTooLate, comes, goes }) => isTooLate && goes > comes));
  expect(told).toEqual(tooLate.map(({ id }) => `pgw/${id}`).sort());
  expect(tooLate.length).toBeGreaterThan(5);
}, 120_000);
