/** Late usage of what goes on from cycle to cycle, whose cycle is issued: all documents together are what would have been billed. */
import { afterEach, expect, test } from 'vitest';
import { enrol } from './engagement-books.ts';
import { openSmallBooks, type SmallBooks } from './small-books.ts';

const plan = (id: string, rates: string) => `
plan ${id} "${id}" in EUR, round half even per line, split at boundaries
  from 2026-01-01
${rates}`;
const rulebook = `declare service seats in units "Seats of the team."
${plan('team', '  rate seats charge 3.00 EUR per unit\n')}
${plan('flex', '  rate data charge 0.10 EUR per MB by 1 MB, plus 0.50 EUR per session\n')}
tax standard otherwise 0% category Z
`;

let books: SmallBooks | undefined;
afterEach(async () => {
  await books?.close();
  books = undefined;
});

/** What April, May and June come to if records come before these are billed, in euros. */
async function billed(planId: string, deliveries: readonly (readonly string[])[]) {
  books = await openSmallBooks(rulebook);
  const { db, collect, bill, close } = books;
  await enrol(db, 'C-1', { subscription: { plan: planId, msisdn: '+35840123' } });
  for (const [index, closesFrom] of ['2026-05-01', '2026-06-01', '2026-07-01'].entries()) {
    const records = deliveries[index] ?? [];
    if (records.length > 0) await collect(records);
    await bill(closesFrom);
  }
  const sumOf = async (table: string, column: string) =>
    Number((await db(table).sum({ sum: column }).first())?.sum ?? 0);
  const charged = (await sumOf('invoice', 'total')) - (await sumOf('credit_note', 'total'));
  books = undefined;
  await close();
  return charged;
}

const seats = (id: string, day: string, change: number) =>
  `R,${id},1,+35840123,seats,${day}T00:00:00+03:00,0,0,0,outgoing,,,,,,,,,,${change}`;

test.each([
  // Half of April, May, half of June and the other half: 33 + 36 + 39.
  ['raised', 2, 108],
  // 24 + 18 + 21.
  ['lowered', -4, 63],
])(
  'seats %s in the middle of an issued cycle: charged from that day on, in every cycle since',
  async (_, by, euros) => {
    const [first, late, last] = [
      seats('a', '2026-04-01', 10),
      seats('b', '2026-04-16', by),
      seats('c', '2026-06-16', 2),
    ];
    expect(await billed('team', [[first, late], [], [last]])).toBe(euros);
    expect(await billed('team', [[first], [], [last, late]])).toBe(euros);
  },
);

const part = (number: number, start: string, bytes: number) =>
  `R,p${number},1,+35840123,data,${start}:00+03:00,0,${bytes},0,outgoing,,,24405,,,X,${number},${number === 4 ? 1 : 0},time limit`;

test.each([
  // All of 2.9 MB are 3 begun.
  ['part of a session', 1_300_000, 0.8],
  // 1.8 MB are 2 begun; the part itself is within the one that April had begun.
  ['part that costs nothing by itself', 200_000, 0.7],
])('a middle %s that comes when its cycle is issued is charged as a part of it', async (_, bytes, euros) => {
  const [first, middle] = [part(1, '2026-04-30T20:00', 500_000), part(2, '2026-04-30T21:00', bytes)];
  const rest = [part(3, '2026-05-01T00:00', 400_000), part(4, '2026-05-01T01:00', 700_000)];
  expect(await billed('flex', [[first, middle], rest])).toBeCloseTo(euros, 9);
  expect(await billed('flex', [[first], [middle, ...rest]])).toBeCloseTo(euros, 9);
  expect(await billed('flex', [[first], rest, [middle]])).toBeCloseTo(euros, 9);
});
