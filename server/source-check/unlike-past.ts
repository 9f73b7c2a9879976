import type { Knex } from 'knex';
import { exceptionOf } from '../../engine/exceptions.ts';
import type { Exception } from '../../engine/model.ts';
import {
  type Counts,
  compare,
  type Limit,
  limitOf,
  type Score,
  type Suspicion,
  scoreOf,
  sumOf,
  total,
} from './score.ts';
import { type Feature, features } from './suspicions.ts';

interface Profile {
  readonly file_id: number;
  readonly source: string;
  readonly service: string;
  readonly day: string;
  readonly name: string;
  readonly sequence: number;
  readonly counts: Readonly<Partial<Record<Feature, Counts>>>;
}

/** How one file stands against one suspicion. */
interface Verdict extends Limit, Score {
  readonly profile: Profile;
  readonly suspicion: Suspicion;
  readonly past: readonly { readonly on: string; readonly value: number }[];
}

/** With fewer past files nobody can say what a source's files are like, and of fewer records nothing can be told. */
const fewestFiles = 20;
const fewestRecords = 10;
/** Before, it is not known yet whom a line knows and what is usual for it: a source is watched from its fourth month on. */
const acquaintanceDays = 92;
/** A year, and the same weekday again. */
const longestPastDays = 371;
/** Past files that the evidence shows. */
const shown = 30;

/**
 * Files that came after the last cut and are unlike those that came before it, in a way that a known fault explains. An
 * exception for each, with the strongest suspicion.
 */
export async function filesUnlikePast(db: Knex, cut: number): Promise<readonly Exception[]> {
  const fresh = await profiles(db).where('p.file_id', '>', cut);
  const found: Exception[] = [];
  for (const source of new Set(fresh.map((one) => one.source))) {
    const own = fresh.filter((one) => one.source === source);
    const before = await profiles(db)
      .where({ 'p.source': source })
      .where('p.file_id', '<=', cut)
      .whereRaw('p.day >= ?::date - ?::int', [own[0]?.day ?? '', longestPastDays])
      .whereRaw('p.day >= (select min(day) from usage_profile first where first.source = p.source) + ?::int', [
        acquaintanceDays,
      ]);
    const verdicts = [...new Set(own.map((one) => one.service))].flatMap((service) =>
      judge(
        own.filter((one) => one.service === service),
        before.filter((one) => one.service === service),
      ),
    );
    found.push(...strongest(verdicts).map((verdict) => unlikePast(verdict, before)));
  }
  return found;
}

function profiles(db: Knex): Knex.QueryBuilder<object, Profile[]> {
  return db('usage_profile as p')
    .join('usage_file as f', 'f.file_id', 'p.file_id')
    .whereNull('f.withdrawn_at')
    .orderBy(['p.day', 'p.file_id', 'p.service'])
    .select('p.file_id', 'p.source', 'p.service', 'p.day', 'p.counts', 'f.name', 'f.sequence');
}

/** The files of one source and service that lie beyond the limit of some suspicion. */
function judge(fresh: readonly Profile[], before: readonly Profile[]): readonly Verdict[] {
  return (Object.keys(features) as Feature[]).flatMap((feature) => {
    const past = before.filter((one) => isCounted(one, feature));
    if (past.length < fewestFiles) return [];
    const references = feature === 'hour' ? byKindOfDay(past) : [past];
    const sums = references.map((files) => sumOf(files.map((one) => one.counts[feature] ?? {})));
    return features[feature].flatMap((suspicion) => {
      const comparisons = sums.map((past) => compare(past, suspicion));
      const score = (one: Profile) =>
        comparisons.map((ratios) => scoreOf(one.counts[feature] ?? {}, ratios)).reduce(leastDeviating);
      const scores = past.map((one) => ({ on: one.day, value: score(one).deviations }));
      const limit = limitOf(
        scores.map(({ value }) => value),
        features[feature].length,
      );
      return fresh
        .filter((one) => isCounted(one, feature))
        .map((profile) => ({ ...limit, ...score(profile), profile, suspicion, past: scores }))
        .filter((verdict) => verdict.deviations > verdict.limit);
    });
  });
}

function leastDeviating(one: Score, other: Score): Score {
  return other.deviations < one.deviations ? other : one;
}

function isCounted({ counts }: Profile, feature: Feature): boolean {
  return total(counts[feature] ?? {}) >= fewestRecords;
}

/** Working days and days off have other hours, and a holiday is like a day off: a file may be like either. */
function byKindOfDay(past: readonly Profile[]): readonly (readonly Profile[])[] {
  const isDayOff = ({ day }: Profile) => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
  const kinds = [past.filter((one) => !isDayOff(one)), past.filter(isDayOff)];
  return kinds.every((files) => files.length >= fewestFiles / 2) ? kinds : [past];
}

/** Of each file the suspicion that is furthest beyond its limit. */
function strongest(verdicts: readonly Verdict[]): readonly Verdict[] {
  const byFile = new Map<number, Verdict>();
  for (const verdict of verdicts) {
    const known = byFile.get(verdict.profile.file_id);
    if (!known || verdict.deviations / verdict.limit > known.deviations / known.limit)
      byFile.set(verdict.profile.file_id, verdict);
  }
  return [...byFile.values()];
}

function unlikePast(
  { profile, suspicion, deviations, share, usual, spread, limit, past }: Verdict,
  before: readonly Profile[],
): Exception {
  const files = new Set(before.map((one) => one.file_id)).size;
  const what = profile.service === '*' ? '' : ` of ${profile.service}`;
  const evidence = `${profile.name} of ${profile.day} is unlike the ${files} files of ${profile.source} before it: ${shareInWords(share)} of its records${what} are ${suspicion.asIf}. It deviates by ${deviations.toFixed(1)}; past files did by ${usual.toFixed(1)}, give or take ${spread.toFixed(1)}, and the limit is ${limit.toFixed(1)}.`;
  return {
    ...exceptionOf('unlike-past', `${profile.source}#${profile.sequence}`, evidence),
    figures: [
      {
        measure: suspicion.asIf,
        unit: 'deviations',
        found: deviations.toFixed(2),
        usual: usual.toFixed(2),
        spread: spread.toFixed(2),
        past: past.slice(-shown).map(({ on, value }) => ({ on, value: value.toFixed(2) })),
      },
    ],
  };
}

function shareInWords(share: number): string {
  const percent = 100 * share;
  return `about ${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
