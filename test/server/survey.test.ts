import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { BusinessEventName } from '../../engine/vocabulary.ts';
import { acceptEvents } from '../../server/engagement/business-events.ts';
import { advanceClock, startTestClock } from '../../server/engagement/clock.ts';
import { runDue, type TickDeps } from '../../server/engagement/tick.ts';
import { answerSurvey, openSurvey } from '../../server/survey/answer-survey.ts';
import { createSurveyPages } from '../../server/survey/survey-page.ts';
import { signSurvey, surveySecret } from '../../server/survey/survey-token.ts';
import { message, source } from '../dsl/sources.ts';
import { startApi } from './api-books.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, outbox, storyDeps } from './engagement-books.ts';

const texts = ['title', 'intro', 'reason', 'choose', 'comment', 'kept', 'send', 'thanks', 'over'];
const questions = {
  reasons: { price: { en: 'The price' }, other: { en: 'Something else' } },
  en: Object.fromEntries(texts.map((text) => [text, `The ${text}`])),
};
const rules = `declare role sales manager
declare role boss
notify cancelled
  on subscription cancelled
  send survey "why" to customer, answer within 14 days
notify too_dear
  on survey answered
  when subscription.cancellation_reason is "price"
  unless subscription.cancellation_reason is missing
  send "price" to sales manager
notify late
  on order overdue
  send "late" to sales manager, again after 3 days to boss, again after 1 week to boss and sales manager
`;

function document(): RuleSet {
  const survey = { path: 'messages/why/survey.json', text: JSON.stringify(questions) };
  const { ruleSet, diagnostics } = compileRules(source(rules, ...['why', 'price', 'late'].flatMap(message), survey));
  if (!ruleSet) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return ruleSet;
}

let database: TestDatabase;
let db: Knex;
let deps: TickDeps;
beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
  const own = storyDeps(db, document());
  deps = {
    ...own,
    settings: { ...own.settings, roleAddresses: { ...own.settings.roleAddresses, boss: 'boss@example.org' } },
  };
  await enrol(db, 'C-1');
  await startTestClock(db, instant('2026-05-01T00:00:00Z'));
});
afterEach(() => database.close());

async function happens(name: BusinessEventName, data: object, at: string): Promise<void> {
  const event = { source: '/shop', id: `${name} ${at}`, name, at: instant(at), data };
  expect(await acceptEvents(deps, [event], instant(at))).toMatchObject({ kind: 'accepted', accepted: 1 });
}

describe('who cancels', () => {
  const now = instant('2026-05-04T10:00:00Z');
  const cancels = () => happens('subscription cancelled', { subscriptionId: 'S-C-1' }, '2026-05-04T10:00:00Z');
  const token = async () => (await db('message').where({ template: 'why' }).first('data')).data.survey.token as string;
  const price = { reason: 'price', comment: 'Too dear', kept: 'Less' };

  test('is asked why, by a link that is good until the end of the fourteenth day where the customer lives', async () => {
    await cancels();
    const link = await token();
    const open = async (at: string) => (await openSurvey(db, link, instant(at))).kind;
    expect(await open('2026-05-18T20:59:59.999Z')).toBe('open');
    expect(await open('2026-05-18T21:00:00Z')).toBe('over');
  });

  test('answers once: the answer stands with the subscription, and rules hear of it', async () => {
    await cancels();
    const link = await token();
    expect((await answerSurvey(deps, link, price, now)).kind).toBe('open');
    expect((await answerSurvey(deps, link, { ...price, reason: 'other' }, now)).kind).toBe('answered');
    expect(await db('survey').select('reason', 'comment', 'kept')).toEqual([price]);
    expect(await db('subscription').first('cancellation_reason')).toEqual({ cancellation_reason: 'price' });
    expect((await outbox(db)).map(({ template }) => template)).toEqual(['why', 'price']);
  });

  test('two answers at once: one counts, and is told once', async () => {
    await cancels();
    const link = await token();
    const kinds = await Promise.all([1, 2].map(async () => (await answerSurvey(deps, link, price, now)).kind));
    expect(kinds.sort()).toEqual(['answered', 'open']);
    expect((await outbox(db)).filter(({ template }) => template === 'price')).toHaveLength(1);
  });

  test('cannot be spoken for: a link that was made up, moved to another survey or lasts longer is none', async () => {
    await cancels();
    const [id = '', expires = '', signature = ''] = (await token()).split('.');
    const later = (Number.parseInt(expires, 36) + 86_400_000).toString(36);
    for (const forged of ['x', `${id}.${later}.${signature}`, `${id}.${expires}.x`, `${id}.${expires}.${signature}.`])
      expect(await openSurvey(db, forged, now)).toEqual({ kind: 'unknown' });
    expect(await openSurvey(db, signSurvey('another secret', id, now + 1000), now)).toEqual({ kind: 'unknown' });
    expect(await openSurvey(db, signSurvey(await surveySecret(db), 'nobody', now + 1000), now)).toEqual({
      kind: 'unknown',
    });
  });
});

describe('an order that stays late', () => {
  const order = { id: 'O-1', currency: 'EUR', dueOn: '2026-05-03' };
  beforeEach(() => happens('order placed', { customerId: 'C-1', order }, '2026-05-01T08:00:00Z'));
  const told = async () => (await outbox(db)).map(({ to, at }) => [to, at]);

  test('is told of again, level by level, each once, at the same time of the day', async () => {
    await advanceClock(deps, instant('2026-06-30T00:00:00Z'));
    await runDue(deps, instant('2026-07-01T00:00:00Z'));
    expect(await told()).toEqual([
      ['sales@nordlicht-mobile.example', '2026-05-03T21:00:00.000Z'],
      ['boss@example.org', '2026-05-06T21:00:00.000Z'],
      ['boss@example.org', '2026-05-10T21:00:00.000Z'],
      ['sales@nordlicht-mobile.example', '2026-05-10T21:00:00.000Z'],
    ]);
  });

  test('is not told of any more once it has arrived, and the books say why', async () => {
    await advanceClock(deps, instant('2026-05-08T00:00:00Z'));
    await happens('order completed', { orderId: 'O-1' }, '2026-05-08T00:00:00Z');
    await advanceClock(deps, instant('2026-06-30T00:00:00Z'));
    expect(await told()).toHaveLength(2);
    expect(await db('escalation').orderBy('due_at').select('state', 'reason')).toEqual([
      { state: 'sent', reason: null },
      { state: 'ended', reason: 'What “order overdue” began is over' },
    ]);
  });

  test('is told once per level by two servers at once', async () => {
    await advanceClock(deps, instant('2026-05-06T20:00:00Z'));
    const at = instant('2026-05-06T21:00:00Z');
    await Promise.all([runDue(deps, at), runDue(deps, at)]);
    expect(await told()).toHaveLength(2);
  });
});

describe('the page of a survey', () => {
  const company = { name: 'Nordlicht Mobile', staffLanguage: 'en' } as Parameters<typeof createSurveyPages>[1];
  const pages = createSurveyPages(`${import.meta.dirname}/../../rules`, company);

  test('asks three questions in the customer’s language, with a label for each field, and needs no script', async () => {
    const page = await pages.render({ message: 'why-cancel', language: 'de', state: 'open' });
    expect(page).toContain('<html lang="de">');
    expect(page).toContain('<h1>Warum gehen Sie?</h1>');
    expect(page.match(/type="radio" name="reason"/g)).toHaveLength(6);
    for (const field of ['comment', 'kept']) expect(page).toContain(`<label class="question" for="${field}">`);
    expect(page).not.toContain('<script');
  });

  test('keeps what was written when no reason was chosen, and what was written is no markup', async () => {
    const page = await pages.render({
      message: 'why-cancel',
      language: 'en',
      state: 'open',
      fault: true,
      comment: '</textarea><b>bold',
    });
    expect(page).toContain('role="alert"');
    expect(page).toContain('&lt;/textarea&gt;&lt;b&gt;bold');
  });
});

describe('over HTTP', () => {
  test('a customer opens the link, sends the form, and reads thanks; staff reads the reasons by month', async () => {
    const it = await startApi({}, 'sample rules');
    await enrol(it.db, 'C-9');
    const payload = {
      specversion: '1.0',
      id: '1',
      source: '/shop',
      type: 'ratebook.subscription.cancelled',
      time: '2026-06-16T12:00:00+02:00',
      data: { subscriptionId: 'S-C-9' },
    };
    const headers = { 'content-type': 'application/cloudevents+json' };
    expect((await it.api.inject({ method: 'POST', url: '/v1/events', payload, headers })).statusCode).toBe(202);
    const { data } = await it.db('message').where({ template: 'why-cancel' }).first('data');
    const url = `/survey/${data.survey.token}`;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const send = (text: string) => it.api.inject({ method: 'POST', url, payload: text, headers: form });
    const page = await it.api.inject(url);
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect((await send('comment=Hello')).statusCode).toBe(422);
    expect((await send('reason=price&comment=Too+dear&kept=')).statusCode).toBe(200);
    expect((await it.api.inject('/survey/made.up.link')).statusCode).toBe(404);
    const reasons = (await it.api.inject('/v1/surveys/reasons')).json();
    expect(reasons).toMatchObject({ asked: 1, answered: 1, items: [{ reason: 'price', answers: 1 }] });
    const list = (await it.api.inject('/v1/surveys?answered=true')).json();
    expect(list.items).toMatchObject([{ subscriptionId: 'S-C-9', reason: 'price', comment: 'Too dear', kept: '' }]);
    await it.close();
  });
});
