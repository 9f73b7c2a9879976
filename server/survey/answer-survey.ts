import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { raiseEvent } from '../engagement/business-events.ts';
import { type EngagementDeps, toTimestamp } from '../engagement/engagement-deps.ts';
import { readSurveyToken, surveySecret } from './survey-token.ts';

/** A survey as its page shows it. */
export type OpenedSurvey =
  /** Never signed here, or not in these books. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'open' | 'answered' | 'over';
      readonly id: string;
      readonly message: string;
      readonly language: string;
      readonly subscriptionId: string;
    };

export interface SurveyAnswer {
  /** One of the survey's reasons. */
  readonly reason: string;
  readonly comment: string;
  /** What would have kept the customer. */
  readonly kept: string;
}

export async function openSurvey(db: Knex, token: string, now: EpochMs, lock = false): Promise<OpenedSurvey> {
  const signed = readSurveyToken(await surveySecret(db), token, now);
  if (signed === undefined) return { kind: 'unknown' };
  const query = db('survey').where({ survey_id: signed.surveyId });
  const row = await (lock ? query.forUpdate() : query).first();
  if (row === undefined) return { kind: 'unknown' };
  return {
    kind: row.answered_at !== null ? 'answered' : signed.isOver ? 'over' : 'open',
    id: row.survey_id,
    message: row.message,
    language: row.language,
    subscriptionId: row.subscription_id,
  };
}

/**
 * Keeps an answer, once: with it the rules hear `survey answered`, in one transaction. Of two answers at once the first
 * one counts.
 *
 * @returns how the survey stood before; only an open one has been answered.
 */
export async function answerSurvey(
  deps: EngagementDeps,
  token: string,
  { reason, comment, kept }: SurveyAnswer,
  now: EpochMs,
): Promise<OpenedSurvey> {
  return deps.db.transaction(async (trx) => {
    const survey = await openSurvey(trx, token, now, true);
    if (survey.kind !== 'open') return survey;
    await trx('survey')
      .where({ survey_id: survey.id })
      .update({ answered_at: toTimestamp(now), reason, comment, kept });
    const event = {
      source: 'urn:ratebook:survey',
      id: survey.id,
      name: 'survey answered',
      subject: survey.subscriptionId,
      at: now,
      data: { subscriptionId: survey.subscriptionId, survey: survey.message, reason },
    } as const;
    await raiseEvent(trx, deps, event, now);
    return survey;
  });
}
