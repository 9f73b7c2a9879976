import type { Knex } from 'knex';
import { exceptionOf } from '../../engine/exceptions.ts';
import type { Exception } from '../../engine/model.ts';
import { silentDays } from '../source-check/silent-days.ts';
import { takeProfiles } from '../source-check/take-profiles.ts';
import { filesUnlikePast } from '../source-check/unlike-past.ts';
import { checkCompleteness } from '../usage/completeness.ts';
import type { RunContext } from './run-context.ts';
import { identity, storeExceptions } from './store-exceptions.ts';

/** How usage is checked before it is rated; of the company. */
export interface SourceChecks {
  /** Zone in which the days and hours of usage are counted. */
  readonly zone: string;
  /** Whether a run waits for usage that never came or adds up to something else than announced, or only says so. */
  readonly incompleteUsage: 'wait' | 'flag';
}

const checked = ['source-gap', 'trailer-mismatch', 'source-silent', 'unlike-past', 'older-rules'];

/**
 * Doubts what came in before anything is rated by it: whether it is complete, whether files are like the past of their source,
 * and whether the rules are those released last. What is found goes into the queue; what has been mended since is settled.
 *
 * @returns why the run must wait for a person, in words; undefined if nothing holds it.
 */
export async function checkSources(context: RunContext, checks: SourceChecks): Promise<string | undefined> {
  const { db, run, rules } = context;
  await takeProfiles(db, rules.document.services, checks.zone);
  const cut = await lastCutBefore(db, run.id);
  const window = await billedDays(db, run.id);
  const silent = cut === undefined || !window ? [] : await silentDays(db, window);
  const incomplete = [...(await checkCompleteness(db)), ...silent].map((one) => ({ ...one, action: actionOf(checks) }));
  const found: readonly Exception[] = [
    ...incomplete,
    ...(cut === undefined ? [] : await filesUnlikePast(db, cut)),
    ...(await olderRules(db, run)),
  ];
  await db.transaction(async (trx) => {
    await storeExceptions(
      trx,
      found.map((exception) => ({ exception, runId: run.id })),
    );
    await settleMended(trx, found);
    await askAgain(trx, run.id, found);
  });
  return waitsFor(
    db,
    found.filter(({ action }) => action === 'hold'),
  );
}

/** How many decisions a run that waits before anything is rated waits for; 0 if it stopped for another reason. */
export async function decisionsAwaited(db: Knex, runId: string): Promise<number> {
  const row = await db('exception')
    .where({ run_id: runId, state: 'open', action: 'hold' })
    .whereIn('code', checked)
    .count({ open: '*' })
    .first();
  return Number(row?.open ?? 0);
}

function actionOf({ incompleteUsage }: SourceChecks): Exception['action'] {
  switch (incompleteUsage) {
    case 'wait':
      return 'hold';
    case 'flag':
      return 'flag';
  }
}

/** The last delivery that an earlier run took in: what came until then has been billed, and is the past. */
async function lastCutBefore(db: Knex, runId: string): Promise<number | undefined> {
  const row = await db('bill_run').whereNot({ run_id: runId }).max({ cut: 'usage_cut' }).first();
  return row?.cut ?? undefined;
}

async function billedDays(db: Knex, runId: string): Promise<{ from: string; until: string } | undefined> {
  const row = await db('account_cycle')
    .where({ run_id: runId })
    .min({ from: 'period_from' })
    .max({ until: 'period_until' })
    .first();
  return row?.from && row.until ? { from: row.from, until: row.until } : undefined;
}

/** Rule sets are numbered in the order of their first release: to go back to an older one, a person must say so. */
async function olderRules(db: Knex, run: RunContext['run']): Promise<readonly Exception[]> {
  const own = await db('rule_set').where({ hash: run.ruleSet }).first('release_number');
  const newer = await db('rule_set').max({ last: 'release_number' }).count({ all: '*' }).first();
  if (!own || !newer || newer.last <= own.release_number) return [];
  const later = newer.last - own.release_number;
  const evidence = `The run bills by rule set ${run.ruleSet.slice(0, 12)}, release ${own.release_number}; ${later === 1 ? 'a later release has' : `${later} later releases have`} replaced it.`;
  return [exceptionOf('older-rules', run.id, evidence)];
}

/** A file that has come, a run that has been started with other rules: nobody needs to decide any more. */
async function settleMended(trx: Knex.Transaction, found: readonly Exception[]): Promise<void> {
  const open = await trx('exception').where({ state: 'open' }).whereIn('code', checked);
  const still = new Set(found.map(identity));
  const mended = open.filter((row) => !still.has(identity({ ...row, rule: row.rule ?? undefined })));
  await trx('exception')
    .whereIn(
      'exception_id',
      mended.map((row) => row.exception_id),
    )
    .update({ state: 'approved', reason: 'It is so no more: mended by what came since.', decided_by: mender });
}

/** Who decides what nobody needs to decide any more. */
const mender = 'Ratebook';

/**
 * What was rejected, or was mended, and is found (again) asks again. The run that waits is the one that goes on after the decision,
 * whichever run found it first.
 */
async function askAgain(trx: Knex.Transaction, runId: string, found: readonly Exception[]): Promise<void> {
  for (const exception of found) {
    const { code, subject, evidence, figures } = exception;
    await trx('exception')
      .where({ code, subject })
      .where((query) => query.where({ state: 'rejected' }).orWhere({ state: 'approved', decided_by: mender }))
      .update({ state: 'open', evidence, figures: figures ? JSON.stringify(figures) : null, decided_by: null });
    await trx('exception').where({ code, subject, state: 'open' }).update({ run_id: runId });
  }
}

async function waitsFor(db: Knex, holding: readonly Exception[]): Promise<string | undefined> {
  const rows = await db('exception')
    .whereIn('code', checked)
    .whereIn(
      'subject',
      holding.map(({ subject }) => subject),
    )
    .where({ state: 'approved' });
  const approved = new Set(rows.map((row) => identity({ ...row, rule: row.rule ?? undefined })));
  const waiting = holding.filter((one) => !approved.has(identity(one)));
  if (waiting.length === 0) return undefined;
  const named = waiting.slice(0, 5).map(({ code, subject }) => `${code} ${subject}`);
  const more = waiting.length > named.length ? ` and ${waiting.length - named.length} more` : '';
  return `Nothing is rated before a person has decided: ${named.join(', ')}${more}. Decide in the exceptions queue, or deliver what is missing and start the run again.`;
}
