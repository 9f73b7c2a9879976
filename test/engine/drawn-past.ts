/** Four months of an account at random: usage that comes late, is withdrawn or replaced, lives that change, invoices in mid-cycle; and its books. */
import fc from 'fast-check';
import { compileRules } from '../../dsl/compile.ts';
import { placeOfLate } from '../../engine/late-usage.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, Subscription, UsageEvent } from '../../engine/model.ts';
import { source } from '../dsl/sources.ts';
import { correctedRules } from './corrected-rules.ts';
import { type Books, billNext, type KnownUsage, noBooks, withInterims } from './correction-books.ts';
import { drawnLives } from './drawn-lives.ts';
import { accountCycle, GB, subscription, usage } from './fixture.ts';

const { ruleSet, diagnostics } = compileRules(source(correctedRules));
if (!ruleSet) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
export const rules = loadRuleSet(ruleSet);

const months = ['2026-05', '2026-06', '2026-07', '2026-08'] as const;
/** Of each run the cycle that it bills. */
const firsts = [...months, '2026-09'].map((month) => `${month}-01`);
const numbers = ['+491701234567', '+491707654321'] as const;

interface Drawn {
  readonly event: UsageEvent;
  readonly month: number;
  /** The run in which it is known. */
  readonly comes: number;
  /** The run from which it is no longer true; the other event stands in its place, if any. */
  readonly goes: number;
  readonly instead: UsageEvent | undefined;
}

const quantities = fc.record({
  service: fc.constantFrom('voice', 'voice', 'data', 'sms'),
  minutes: fc.integer({ min: 1, max: 3000 }),
  megabytes: fc.integer({ min: 1, max: 4000 }),
  messages: fc.integer({ min: 1, max: 40 }),
});

let count = 0;
const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    month: fc.nat(3),
    day: fc.integer({ min: 1, max: 28 }),
    number: fc.constantFrom(...numbers),
    use: quantities,
    late: fc.constantFrom(0, 0, 1, 1, 2, 3),
    gone: fc.constantFrom(9, 9, 9, 0, 1, 2),
    instead: fc.option(quantities, { nil: undefined }),
  })
  .map(({ month, day, number, use, late, gone, instead }) => {
    const start = `${months[month]}-${String(day).padStart(2, '0')}T10:00:00Z`;
    count += 1;
    const of = ({ service, minutes, megabytes, messages }: typeof use): UsageEvent => ({
      ...usage(start, { service, msisdn: number }),
      id: `r${count}`,
      durationMs: service === 'voice' ? minutes * 1000 : 0,
      bytes: service === 'data' ? megabytes * (GB / 1000) : 0,
      messages: service === 'sms' ? messages : 0,
    });
    return { event: of(use), month, comes: month + late, goes: month + late + gone, instead: instead && of(instead) };
  });

export interface Past {
  /** As each run knows them, the last one everything. */
  readonly cycles: (run: number) => readonly AccountCycle[];
  readonly known: (run: number) => KnownUsage;
}

export const past: fc.Arbitrary<Past> = fc
  .record({
    records: fc.array(drawn, { minLength: 1, maxLength: 14 }),
    cancelled: fc.option(fc.constantFrom('2026-06-11', '2026-07-01', '2026-07-20'), { nil: undefined, freq: 2 }),
    activatedOn: fc.constantFrom('2026-01-01', '2026-05-17'),
    lives: fc.tuple(drawnLives, drawnLives),
    interimOn: fc.subarray(['07', '14', '21', '28']),
  })
  .map(({ records, cancelled, activatedOn, lives: [one, other], interimOn }) => {
    const subscriptions = (run: number) => [
      one(run, subscription({ activatedOn })),
      other(
        run,
        subscription({ id: 'S-2', msisdn: numbers[1], ...(cancelled !== undefined && { cancelledOn: cancelled }) }),
      ),
    ];
    const cycleOf = billedBy(subscriptions);
    const known = (run: number) => (from: string) =>
      records
        .filter((one) => one.comes <= run && cycleOf(one) === from)
        .flatMap(({ event, goes, instead }) => (goes > run ? [event] : instead ? [instead] : []));
    // What was invoiced in mid-cycle knew what the run of its month knew.
    const invoiced = months.map((month, run) => {
      const open = accountCycle({ on: `${month}-01`, subscriptions: subscriptions(run) });
      const days = interimOn.map((day) => `${month}-${day}`);
      const { interim = [] } = withInterims(open, known(run)(open.bounds.from), days, rules);
      return interim.length > 0 ? { interim } : {};
    });
    const cycles = (run: number) =>
      firsts.map((on, index) => accountCycle({ on, subscriptions: subscriptions(run), ...invoiced[index] }));
    return { cycles, known };
  });

/** The cycle that bills a record, if one does: its own, or by the policy of its plan the one that is open when it comes. */
const billedBy =
  (known: (run: number) => readonly Subscription[]) =>
  ({ event, month, comes }: Drawn): string | undefined => {
    const from = firsts[Math.min(comes, firsts.length - 1)] ?? '';
    if (comes === month) return from;
    const subscriptions = known(comes);
    const owner = subscriptions.find(({ msisdn }) => msisdn === event.msisdn);
    const place = placeOfLate(event, owner, accountCycle({ on: from, subscriptions }), rules.document);
    return { 'own cycle': firsts[month], 'open cycle': from, 'too late': undefined }[place];
  };

export const everything = 99;

/** The last run is one more, in which all the rest has come. */
export function booksOf({ cycles, known }: Past): Books {
  const runs = [...months.keys(), everything];
  return runs.reduce((books, run, index) => {
    const open = cycles(run)[index];
    return open ? billNext(books, open, known(run), rules) : books;
  }, noBooks);
}
