import type { Knex } from 'knex';
import type { Exception } from '../../engine/model.ts';
import { identity, storeExceptions } from './store-exceptions.ts';

/** The cycle that was rated again, and who had that done by deciding which exception. */
export interface RatedAgain {
  readonly runId: string;
  readonly accountId: string;
  readonly periodFrom: string;
  readonly exceptionId: number;
  readonly by: string;
  readonly reason: string;
  /** Instant as a text. */
  readonly at: string;
}

interface StoredException {
  readonly exception_id: number;
  readonly code: Exception['code'];
  readonly subject: string;
  readonly rule: string | null;
  readonly action: string;
  readonly evidence: string;
  readonly state: string;
}

/**
 * Puts what is the matter with a cycle that was rated again in the place of what was. An exception that says the same stays, with what a person has
 * said of it. The decided exception goes in any case, and comes anew where it is still so: each is decided once.
 *
 * @returns whether something holds the bill.
 */
export async function replaceExceptions(
  trx: Knex.Transaction,
  again: RatedAgain,
  found: readonly Exception[],
): Promise<boolean> {
  const { runId, accountId, periodFrom, exceptionId } = again;
  const ofCycle = { account_id: accountId, period_from: periodFrom };
  const stored: StoredException[] = await trx('exception').where({ ...ofCycle, superseded: false });
  const foundNow = new Map<string, Exception>();
  for (const one of found) if (!foundNow.has(identity(one))) foundNow.set(identity(one), one);
  const stays = (one: StoredException) =>
    one.exception_id !== exceptionId && isSame(one, foundNow.get(identityOf(one)));
  await supersede(
    trx,
    again,
    stored.filter((one) => !stays(one)),
  );
  // Those that stay have the keys of what was found again.
  await storeExceptions(
    trx,
    found.map((exception) => ({ exception, runId, accountId, periodFrom })),
  );
  const holding = await trx('exception')
    .where({ ...ofCycle, state: 'open', action: 'hold' })
    .first('exception_id');
  return holding !== undefined;
}

const identityOf = ({ code, subject, rule }: StoredException) =>
  identity({ code, subject, ...(rule !== null && { rule }) });

function isSame(one: StoredException, now: Exception | undefined): boolean {
  return now !== undefined && one.evidence === now.evidence && one.action === now.action;
}

/** Nobody has decided the open ones: the person who had the bill rated again has. Their keys are free for what is found from now on. */
async function supersede(
  trx: Knex.Transaction,
  { by, reason, at }: RatedAgain,
  gone: readonly StoredException[],
): Promise<void> {
  const decision = { state: 're-rated', reason, decided_by: by, decided_at: at };
  for (const { exception_id, state } of gone) {
    await trx('exception')
      .where({ exception_id })
      .update({
        ...(state === 'open' && decision),
        superseded: true,
        key: trx.raw(
          `key || ' of draft ' || (select count(*) + 1 from exception o where o.superseded and o.account_id = exception.account_id
             and o.period_from = exception.period_from and (o.code, o.subject) = (exception.code, exception.subject) and o.rule is not distinct from exception.rule)`,
        ),
      });
  }
}
