/** Generates the sample company, Nordlicht Mobile, from a seed: the same seed and sizes give the same bytes. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Abnormality, foundCompany, type SampleAccount } from './company.ts';
import type { DayNumber } from './dates.ts';
import { type Fault, faultCounts, middleDay, planFaults } from './fault-plan.ts';
import { handCheckedRecords } from './hand-checked.ts';
import { writeHistory } from './history.ts';
import { type MalformedReason, spoil } from './malformed.ts';
import { writeMasterData } from './master-data.ts';
import { writeOrders } from './orders.ts';
import { randomStream, topic, whole } from './random.ts';
import type { Source, UsageRecord } from './record.ts';
import { startText } from './start-text.ts';
import { type StatementTruth, writeStatement } from './statement.ts';
import { plainCall, recordsOfDay } from './usage-day.ts';
import { type DeliveryFault, openUsageFiles, type TrailerFault, type UsageFiles } from './usage-files.ts';
import { planUsage } from './usage-plan.ts';

export interface CompanySize {
  readonly seed: number;
  readonly accounts: number;
  /** Record lines over all usage files, faulty ones included; at least 60 per subscription. */
  readonly records: number;
  /** Called after each generated day with record lines so far and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The truth about the generated files. Tests compare the product's counts with it; the product never reads it. */
export interface Manifest {
  readonly seed: number;
  readonly accounts: number;
  readonly subscriptions: number;
  readonly files: number;
  readonly lines: number;
  /** Usable records, each counted once; the late ones among them. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly late: number;
  readonly malformed: Readonly<Partial<Record<MalformedReason, number>>>;
  readonly gaps: readonly DeliveryFault[];
  readonly trailerMismatches: readonly TrailerFault[];
  readonly statement: StatementTruth;
  readonly abnormalAccounts: readonly { readonly accountId: string; readonly why: Abnormality }[];
}

/**
 * Writes master data, history, `usage/` and `manifest.json` into the folder, which is made if it is missing.
 * Throws RangeError if accounts or records are too few to hold every kind of fault.
 */
export async function generateCompany(
  folder: string,
  { seed, accounts, records, onProgress }: CompanySize,
): Promise<void> {
  const company = foundCompany(seed, accounts);
  const byHand = handCheckedByDay(company);
  const faults = faultCounts(records);
  const good = records - faults.late - faults.malformed - faults.duplicates;
  const plans = planUsage(seed, company, good - byHand.count);
  await mkdir(folder, { recursive: true });
  writeMasterData(folder, company);
  const { transfers, debited } = writeHistory(folder, seed, company, plans);
  const statement = await writeStatement(folder, transfers, debited);
  writeOrders(folder, seed, company);

  const files = await openUsageFiles(join(folder, 'usage'));
  const firstDay = Math.min(...company.map(({ cycle }) => cycle.from));
  const lastDay = Math.max(...company.map(({ cycle }) => cycle.until)) - 1;
  const faultsByDay = planFaults(seed, plans, faults);
  const duplicates = duplicator(seed, good - byHand.count, faults.duplicates, lastDay, files);
  const malformed: Partial<Record<MalformedReason, number>> = {};
  for (let day = firstDay; day <= lastDay; day++) {
    announceFileFaults(files, day, firstDay, lastDay);
    for (const record of byHand.on(day)) files.deliver(record.source, files.number(record));
    for (const plan of plans) {
      for (const record of recordsOfDay(seed, plan, day)) {
        const line = files.number(record);
        files.deliver(record.source, line);
        duplicates.afterRecord(record.source, line, day);
      }
    }
    for (const fault of faultsByDay.get(day) ?? []) {
      deliverFault(files, fault, day);
      if (fault.kind === 'malformed') malformed[fault.reason] = (malformed[fault.reason] ?? 0) + 1;
    }
    duplicates.deliverDue(day);
    await files.endDay(day, randomStream(seed, topic.shuffle, day));
    onProgress?.(files.delivered().lines, records);
  }
  const { files: fileCount, lines, gaps, trailerMismatches } = files.delivered();
  const manifest: Manifest = {
    seed,
    accounts,
    subscriptions: company.reduce((sum, { subscriptions }) => sum + subscriptions.length, 0),
    files: fileCount,
    lines,
    accepted: good + faults.late,
    duplicates: faults.duplicates,
    late: faults.late,
    malformed,
    gaps,
    trailerMismatches,
    statement,
    abnormalAccounts: company.flatMap(({ id, abnormal }) =>
      abnormal === null ? [] : [{ accountId: id, why: abnormal }],
    ),
  };
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function handCheckedByDay(company: readonly SampleAccount[]): {
  count: number;
  on: (day: DayNumber) => readonly UsageRecord[];
} {
  const subscription = company[0]?.subscriptions[0];
  const records = subscription === undefined ? [] : handCheckedRecords(subscription);
  return {
    count: records.length,
    on: (day) => records.filter((record) => record.day === day).map(({ record }) => record),
  };
}

/** Two files get lost and one has a wrong trailer, somewhere in the middle of the month. */
function announceFileFaults(files: UsageFiles, day: DayNumber, firstDay: DayNumber, lastDay: DayNumber): void {
  if (day === middleDay(firstDay, lastDay, 0.4)) files.loseNext('PGW1');
  if (day === middleDay(firstDay, lastDay, 0.6)) files.loseNext('SMSC');
  if (day === middleDay(firstDay, lastDay, 0.5)) files.misprintNext('MSC1');
}

function deliverFault(files: UsageFiles, fault: Fault, day: DayNumber): void {
  const { plan, random } = fault;
  const startedOn = fault.kind === 'late' ? fault.startedOn : day;
  const record = plainCall(
    random,
    plan,
    startText(plan.account.customer.zone, startedOn, whole(random, 8 * 3600, 20 * 3600)),
  );
  const line = files.number(record);
  files.deliver(
    record.source,
    fault.kind === 'late' ? line : spoil(random, line, fault.reason, plan.account.cycle.from),
  );
}

interface Duplicator {
  readonly afterRecord: (source: Source, line: string, day: DayNumber) => void;
  readonly deliverDue: (day: DayNumber) => void;
}

/** Repeats `duplicates` of `records`, evenly over them: half at once, half one to three days later in another file. */
function duplicator(
  seed: number,
  records: number,
  duplicates: number,
  lastDay: DayNumber,
  files: UsageFiles,
): Duplicator {
  const random = randomStream(seed, topic.fault, -1);
  let waiting: { source: Source; line: string; day: DayNumber }[] = [];
  let seen = 0;
  return {
    afterRecord: (source, line, day) => {
      const before = Math.floor((seen * duplicates) / records);
      seen++;
      if (Math.floor((seen * duplicates) / records) === before) return;
      if (random() < 0.5) files.deliver(source, line);
      else waiting.push({ source, line, day: Math.min(lastDay, day + whole(random, 1, 3)) });
    },
    deliverDue: (day) => {
      for (const { source, line } of waiting.filter((duplicate) => duplicate.day === day)) files.deliver(source, line);
      waiting = waiting.filter((duplicate) => duplicate.day > day);
    },
  };
}
