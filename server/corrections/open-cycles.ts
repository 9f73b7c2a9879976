import type { Knex } from 'knex';
import { openCorrected } from '../../engine/correct-cycles.ts';
import type { AccountCycle } from '../../engine/model.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { loadCyclesWithoutUsage } from '../bill-run/load-cycles.ts';
import type { CycleSelection, LateRecord } from '../bill-run/load-usage.ts';
import { everything, loadCycleUsage } from '../bill-run/load-usage.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import { withSessions } from '../usage/begun-sessions.ts';
import { withLevels } from '../usage/opening-levels.ts';
import { readUnpaidUses } from './credit-of-corrections.ts';
import { type FoundCorrection, findCorrections } from './find-corrections.ts';
import { sortLate } from './late-usage.ts';

/** A cycle as it opens: with what corrects earlier invoices, and with late usage that corrects none. */
export interface OpenCycle {
  readonly cycle: AccountCycle;
  /** Earlier usage that this cycle bills. */
  readonly late: readonly LateRecord[];
  readonly corrections: readonly FoundCorrection[];
}

/** Loads cycles that no run has rated yet, in the order of the selection. What becomes of late usage, plans say by the rules. */
export async function openCycles(
  db: Knex,
  selections: readonly CycleSelection[],
  document: RuleSet | undefined,
): Promise<readonly OpenCycle[]> {
  const bare = await loadCyclesWithoutUsage(db, selections);
  const wanted = bare.map(({ account, bounds }, index) => ({
    accountId: account.id,
    times: account,
    bounds,
    usageCut: selections[index]?.usageCut ?? everything,
  }));
  const usage = await loadCycleUsage(db, wanted);
  const sorted = await sortLate(
    db,
    bare,
    usage.map(({ late }) => late),
    document,
  );
  const corrections = await findCorrections(
    db,
    wanted.map((one, index) => ({ ...one, late: sorted[index]?.correcting ?? [] })),
  );
  const unpaid = await readUnpaidUses(
    db,
    bare.map(({ account }) => account.id),
  );
  const billedHere = (index: number) => sorted[index]?.billedHere ?? [];
  const levelled = await withLevels(
    db,
    bare,
    wanted.map(({ usageCut }) => usageCut),
  );
  const known = await withSessions(
    db,
    levelled.map((cycle, index) => ({
      ...cycle,
      usage: [...(usage[index]?.own ?? []), ...billedHere(index).map(({ event }) => event)],
    })),
  );
  return known.map((cycle, index): OpenCycle => {
    const found = corrections[index] ?? [];
    const tooLate = (sorted[index]?.tooLate ?? []).map(({ event }) => event);
    const open = tooLate.length > 0 ? { ...cycle, tooLate } : cycle;
    return {
      cycle: openCorrected(open, found, unpaid.get(open.account.id)),
      late: billedHere(index),
      corrections: found,
    };
  });
}

/** The cycles alone, as the next run would find them by the rules released last. */
export async function loadCycles(db: Knex, selections: readonly CycleSelection[]): Promise<readonly AccountCycle[]> {
  const last = await db('rule_set').orderBy('release_number', 'desc').first('hash');
  const rules = last ? await loadReleasedRuleSet(db, last.hash) : undefined;
  return (await openCycles(db, selections, rules?.document)).map(({ cycle }) => cycle);
}
