import { beforeAll, describe, expect, test } from 'vitest';

interface Trial {
  readonly kind: string;
  readonly what: string;
  readonly wrong: number;
  readonly stopped: number;
  readonly sound: number;
  readonly heldByMistake: number;
  readonly waited: boolean;
}

interface Found {
  readonly months: readonly { readonly month: string; readonly held: number; readonly waits: readonly unknown[] }[];
  readonly undisturbed: { readonly sound: number; readonly held: number; readonly waited: number };
  readonly trials: readonly Trial[];
}

/** `npm run bench:faults` on a few customers over half a year, with each of its faults on all records of a file. */
describe('a month of faulty input', () => {
  let found: Found;
  beforeAll(async () => {
    const { benchFaults } = await import(new URL('../bench/faults.mjs', import.meta.url).href);
    const { kinds } = await import(new URL('../bench/faults/injections.mjs', import.meta.url).href);
    found = await benchFaults({ seed: 3, accounts: 24, each: 1, chosen: kinds, first: 7, share: 1 });
  }, 600_000);

  test('is billed without a doubt where nothing is wrong, as the months before it', () => {
    expect(found.months.map(({ month, held, waits }) => [month, held, waits.length])).toEqual(
      ['2026-08', '2026-09', '2026-10', '2026-11', '2026-12', '2027-01'].map((month) => [month, 0, 0]),
    );
    expect(found.undisturbed).toMatchObject({ held: 0, waited: 0 });
    expect(found.undisturbed.sound).toBeGreaterThan(15);
  });

  test('has no wrong invoice that goes out, whatever the fault', () => {
    expect(found.trials).toHaveLength(10);
    expect(found.trials.filter(({ wrong, stopped }) => stopped < wrong)).toEqual([]);
  });

  test('waits for a person before anything is rated, and holds nobody whom the fault does not touch', () => {
    expect(found.trials.filter(({ waited }) => !waited)).toEqual([]);
    expect(found.trials.map(({ heldByMistake }) => heldByMistake)).toEqual(found.trials.map(() => 0));
  });
});
