import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';

/**
 * What a link to a survey carries: which survey, until when, and a signature over both, so that nobody can make one up
 * or make one last longer.
 */
export function signSurvey(secret: string, surveyId: string, expiresAt: EpochMs): string {
  const text = `${surveyId}.${expiresAt.toString(36)}`;
  return `${text}.${signature(secret, text)}`;
}

/** The survey of a token, and whether its time is over; absent for what was never signed here. */
export function readSurveyToken(
  secret: string,
  token: string,
  now: EpochMs,
): { readonly surveyId: string; readonly isOver: boolean } | undefined {
  const [surveyId = '', expires = '', given = '', ...more] = token.split('.');
  const wanted = Buffer.from(signature(secret, `${surveyId}.${expires}`));
  const found = Buffer.from(given);
  if (more.length > 0 || found.length !== wanted.length || !timingSafeEqual(found, wanted)) return undefined;
  return { surveyId, isOver: now >= Number.parseInt(expires, 36) };
}

/** The books' own secret, made by the database at first use: no other part of a link needs to be kept secret. */
export async function surveySecret(trx: Knex): Promise<string> {
  // Two random UUIDs of PostgreSQL are 244 bits from the system's own source of randomness.
  await trx.raw(
    `insert into setting (name, value)
     select 'survey secret', to_jsonb(encode(sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea), 'hex'))
     where not exists (select from setting where name = 'survey secret')
     on conflict (name) do nothing`,
  );
  const row = await trx('setting').where({ name: 'survey secret' }).first<{ value: string } | undefined>('value');
  if (row === undefined) throw new Error('The books have no secret to sign surveys with');
  return row.value;
}

function signature(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}
