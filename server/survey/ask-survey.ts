import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { EpochMs, LocalDate } from '../../engine/model.ts';
import { addDays, localDate, startOfDay } from '../../engine/period.ts';
import { signSurvey, surveySecret } from './survey-token.ts';

/** A survey that goes out with a message. */
export interface AskedSurvey {
  readonly id: string;
  readonly expiresAt: EpochMs;
  /** What its template reads; the address is added when it is rendered. */
  readonly words: { readonly token: string; readonly until: LocalDate };
}

/**
 * The survey of a message: the same message has the same survey and the same link. It can be answered until the end of
 * the customer's own last day.
 */
export async function prepareSurvey(
  trx: Knex,
  messageKey: string,
  answerWithinDays: number,
  now: EpochMs,
  zone: string,
): Promise<AskedSurvey> {
  const until = addDays(localDate(now, zone), answerWithinDays);
  const expiresAt = startOfDay(addDays(until, 1), zone);
  const id = createHash('sha256').update(messageKey).digest('hex').slice(0, 32);
  return { id, expiresAt, words: { token: signSurvey(await surveySecret(trx), id, expiresAt), until } };
}

/** Keeps that the question was asked, in the transaction of its message. */
export async function storeSurvey(
  trx: Knex,
  survey: AskedSurvey,
  asked: {
    readonly key: string;
    readonly message: string;
    readonly rule: string;
    readonly subscriptionId: string;
    readonly customerId: string;
    readonly language: string;
    readonly now: EpochMs;
  },
): Promise<void> {
  await trx('survey').insert({
    survey_id: survey.id,
    key: asked.key,
    message: asked.message,
    rule: asked.rule,
    subscription_id: asked.subscriptionId,
    customer_id: asked.customerId,
    language: asked.language,
    asked_at: new Date(asked.now).toISOString(),
    expires_at: new Date(survey.expiresAt).toISOString(),
  });
}
