/** Usage of one source over months, file by file, without any billing: for the checks that look at files. */
import type { Knex } from 'knex';
import { loadRuleSet } from '../../engine/load.ts';
import type { UsageEvent } from '../../engine/model.ts';
import { addDays } from '../../engine/period.ts';
import type { RunContext } from '../../server/bill-run/run-context.ts';
import { pick, type Random, randomStream, whole } from '../../server/sample/random.ts';
import { controlTotals } from '../../server/usage/control-totals.ts';
import { storeUsage } from '../../server/usage/store-usage.ts';
import { ruleSet } from '../engine/fixture.ts';
import { openAccount } from './usage-books.ts';

export const firstDay = '2026-01-01';
/** Days that have been billed, and the days of the cycle that is to be billed. */
export const pastDays = 140;
export const newDays = 10;

export type Call = Omit<UsageEvent, 'source'>;

const lines = Array.from({ length: 30 }, (_, index) => {
  const random = randomStream(7, index);
  return {
    id: `S-${index}`,
    msisdn: `+49151000${String(index).padStart(4, '0')}`,
    contacts: Array.from({ length: 8 }, () => `+4930${whole(random, 1_000_000, 9_999_999)}`),
  };
});
const hours = [9, 10, 11, 11, 12, 14, 15, 16, 17, 18, 18, 19, 20, 21];

/** The calls of one day: 120 of 30 lines, mostly to people they know, by day. */
export function callsOf(day: number): readonly Call[] {
  const random = randomStream(99, day);
  return Array.from({ length: 120 }, (_, index) => callOf(random, day, index));
}

function callOf(random: Random, day: number, index: number): Call {
  const line = pick(random, lines);
  return {
    id: `r${day}-${index}`,
    sequence: day * 1000 + index,
    msisdn: line.msisdn,
    service: 'voice',
    startAt:
      Date.parse(`${addDays(firstDay, day)}T00:00:00Z`) + (pick(random, hours) * 60 + whole(random, 0, 59)) * 60_000,
    durationMs: Math.round(30 * Math.exp(2 * random() + random())) * 1000,
    bytes: 0,
    messages: 0,
    direction: 'outgoing',
    calledNumber: random() < 0.2 ? `+4989${whole(random, 1_000_000, 9_999_999)}` : pick(random, line.contacts),
    callingNumber: line.msisdn,
    visitedNetwork: '26201',
  };
}

/** Another line than the one that calls. */
export function otherLine(call: Call): string {
  const own = lines.findIndex((line) => line.msisdn === call.msisdn);
  return lines[(own + 11) % lines.length]?.msisdn ?? '';
}

export async function deliver(
  db: Knex,
  day: number,
  calls: readonly Call[],
  more: { readonly announced?: number; readonly totals?: string } = {},
): Promise<void> {
  const sums = controlTotals();
  for (const call of calls) sums.add(call);
  await db.transaction((trx) =>
    storeUsage(
      trx,
      {
        source: 'MSC1',
        sequence: day + 1,
        name: `MSC1-${day + 1}.csv`,
        format: 'csv',
        sha256: `${day} ${JSON.stringify(calls).length} ${calls.length} ${calls[0]?.durationMs}`,
      },
      [
        calls.map((event, index) => ({
          lineNumber: index + 2,
          event,
          subscriber: {
            subscriptionId: lines.find((line) => line.msisdn === event.msisdn)?.id ?? '',
            msisdn: event.msisdn,
            accountId: 'A',
            openFrom: 0,
            activeFrom: 0,
            activeUntil: Number.POSITIVE_INFINITY,
          },
        })),
      ],
      () => ({
        records: more.announced ?? calls.length,
        ...(more.totals && { totals: { announced: more.totals, read: sums.inWords() } }),
      }),
    ),
  );
}

const run = {
  closesFrom: addDays(firstDay, pastDays + newDays),
  closesUntil: addDays(firstDay, pastDays + newDays + 1),
  issuedOn: addDays(firstDay, pastDays + newDays),
};

/** The past is delivered and billed, the run of the new days is about to rate. */
export async function openSource(db: Knex): Promise<RunContext> {
  for (let day = 0; day < pastDays; day++) await deliver(db, day, callsOf(day));
  await db('rule_set').insert({ hash: 'first', document: '{}' });
  await openAccount(db, firstDay);
  const common = { rule_set: 'first', usage_folder: null };
  await db('bill_run').insert([
    {
      ...common,
      run_id: 'before',
      closes_from: firstDay,
      closes_until: addDays(firstDay, 1),
      issued_on: firstDay,
      step: 'done',
      usage_cut: pastDays,
    },
    {
      ...common,
      run_id: 'now',
      closes_from: run.closesFrom,
      closes_until: run.closesUntil,
      issued_on: run.issuedOn,
      step: 'collect',
    },
  ]);
  await db('account_cycle').insert({
    account_id: 'A',
    period_from: addDays(firstDay, pastDays),
    period_until: run.closesFrom,
    next_until: addDays(run.closesFrom, 30),
    run_id: 'now',
    state: 'open',
  });
  return {
    db,
    run: { ...run, id: 'now', ruleSet: 'first', step: 'collect', usageFolder: null, usageCut: null, error: null },
    rules: loadRuleSet(ruleSet({})),
    onProgress: () => {},
  };
}

/** Back to where only the past is known. */
export async function forgetNewDays(db: Knex): Promise<void> {
  const files = db('usage_file').where('file_id', '>', pastDays).select('file_id');
  for (const table of ['usage_profile', 'usage_event', 'quarantined_record'])
    await db(table).whereIn('file_id', files).delete();
  await db('usage_file').where('file_id', '>', pastDays).delete();
  await db('exception').delete();
  await db('rule_set').where({ hash: 'second' }).delete();
}
