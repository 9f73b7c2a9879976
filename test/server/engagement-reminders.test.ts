import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isOutage } from '../../server/database/outage.ts';
import { acceptEvents } from '../../server/engagement/business-events.ts';
import { advanceClock, createClock, startTestClock } from '../../server/engagement/clock.ts';
import { runDue, type TickDeps } from '../../server/engagement/tick.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, outbox, storyDeps } from './engagement-books.ts';
import { storyRules } from './engagement-rules.ts';
import { outageAtWriting } from './outage-at.ts';

let database: TestDatabase;
let db: Knex;
let deps: TickDeps;
beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
  deps = storyDeps(db);
});
afterEach(() => database.close());

const renewing = { subscription: { renews_on: '2026-04-01', payment: 'manual' } };

describe('a manual payer in Helsinki whose term ends on 1 April', () => {
  beforeEach(async () => {
    await enrol(db, 'C-1', renewing);
    await startTestClock(db, instant('2026-01-01T00:00:00Z'));
  });

  test('is reminded 30, 7 and 1 days before, at nine in the morning there, on both sides of the change to summer time', async () => {
    const result = await advanceClock(deps, instant('2026-12-31T00:00:00Z'));
    expect(result).toMatchObject({
      kind: 'advanced',
      report: { remindersPlanned: 3, remindersSent: 3, remindersSkipped: 0, failures: [] },
    });
    expect(await outbox(db)).toEqual(
      ['2026-03-02T07:00:00.000Z', '2026-03-25T07:00:00.000Z', '2026-03-31T06:00:00.000Z'].map((at) => ({
        template: 'renewal-reminder',
        to: 'c-1@example.org',
        state: 'queued',
        at,
        reason: null,
      })),
    );
  });

  test('is reminded on the same days if the database goes away meanwhile: that is no failure of a reminder, and time waits for it', async () => {
    const mend = await outageAtWriting(db, 'message');
    const interrupted = await advanceClock(deps, instant('2026-12-31T00:00:00Z')).catch((error: unknown) => error);
    await mend();
    expect(isOutage(interrupted), String(interrupted)).toBe(true);
    expect(await outbox(db)).toEqual([]);
    const result = await advanceClock(deps, instant('2026-12-31T00:00:00Z'));
    expect(result).toMatchObject({ report: { remindersSent: 3, failures: [] } });
    expect((await outbox(db)).map(({ at }) => at)).toEqual([
      '2026-03-02T07:00:00.000Z',
      '2026-03-25T07:00:00.000Z',
      '2026-03-31T06:00:00.000Z',
    ]);
  });

  test('who pays between two reminders gets no more of them, and the books say why', async () => {
    await advanceClock(deps, instant('2026-03-10T12:00:00Z'));
    const paid = {
      source: '/shop',
      id: '1',
      name: 'subscription renewed',
      at: instant('2026-03-10T12:00:00Z'),
      data: { subscriptionId: 'S-C-1', paidUntil: '2027-04-01' },
    } as const;
    await acceptEvents(deps, [paid], instant('2026-03-10T12:00:00Z'));
    const rows = await db('reminder').orderBy('step').select('state', 'reason');
    expect(rows).toEqual([
      { state: 'sent', reason: null },
      { state: 'stopped', reason: 'The rule’s “stop when” has come true' },
      { state: 'stopped', reason: 'The rule’s “stop when” has come true' },
    ]);
    await advanceClock(deps, instant('2026-06-01T00:00:00Z'));
    expect(await outbox(db)).toHaveLength(1);
  });

  test('who pays every year is reminded before each new term', async () => {
    await advanceClock(deps, instant('2026-03-10T12:00:00Z'));
    await db('subscription').update({ paid_until: '2027-04-01' });
    const result = await advanceClock(deps, instant('2027-04-02T00:00:00Z'));
    expect(result).toMatchObject({ kind: 'advanced', report: { termsBegun: 1, remindersStopped: 2 } });
    expect((await outbox(db)).map((message) => message.at)).toEqual([
      '2026-03-02T07:00:00.000Z',
      '2027-03-02T07:00:00.000Z',
      '2027-03-25T07:00:00.000Z',
      '2027-03-31T06:00:00.000Z',
    ]);
  });

  test('who cancels is not asked to pay for the next term', async () => {
    await advanceClock(deps, instant('2026-03-10T12:00:00Z'));
    const at = instant('2026-03-11T12:00:00Z');
    await acceptEvents(
      deps,
      [{ source: '/shop', id: '1', name: 'subscription cancelled', at, data: { subscriptionId: 'S-C-1' } }],
      at,
    );
    await advanceClock(deps, instant('2026-04-02T00:00:00Z'));
    expect((await outbox(db)).filter((message) => message.template === 'renewal-reminder')).toHaveLength(1);
  });

  test('who changes to direct debit after the first reminder gets no second', async () => {
    await advanceClock(deps, instant('2026-03-10T12:00:00Z'));
    await db('subscription').update({ payment: 'direct debit' });
    await advanceClock(deps, instant('2026-04-02T00:00:00Z'));
    expect(await db('reminder').where({ state: 'stopped' }).pluck('reason')).toEqual(
      Array(2).fill('The rule’s “when” does not hold any more'),
    );
    expect(await outbox(db)).toHaveLength(1);
  });
});

describe('reminders', () => {
  test('are for those whom the rule is for: direct debit gets none', async () => {
    await enrol(db, 'C-1', { subscription: { ...renewing.subscription, payment: 'direct debit' } });
    await startTestClock(db, instant('2026-01-01T00:00:00Z'));
    await advanceClock(deps, instant('2026-05-01T00:00:00Z'));
    expect(await db('reminder')).toEqual([]);
    expect(await outbox(db)).toEqual([]);
  });

  test('that downtime made useless are skipped with the reason; what is still useful is sent once', async () => {
    await enrol(db, 'C-1', renewing);
    const afterDowntime = instant('2026-03-27T12:00:00+02:00');
    await runDue(deps, afterDowntime);
    await runDue(deps, afterDowntime);
    expect(await db('reminder').orderBy('step').pluck('state')).toEqual(['skipped', 'sent', 'planned']);
    expect(await db('reminder').where({ state: 'skipped' }).pluck('reason')).toEqual([
      expect.stringContaining('Useless after 2026-03-25'),
    ]);
    expect(await outbox(db)).toMatchObject([{ template: 'renewal-reminder', at: '2026-03-27T10:00:00.000Z' }]);
  });

  test('caught up on at night wait for nine in the morning', async () => {
    await enrol(db, 'C-1', renewing);
    await startTestClock(db, instant('2026-03-27T23:00:00+02:00'));
    await advanceClock(deps, instant('2026-03-28T12:00:00+02:00'));
    expect((await outbox(db)).map((message) => message.at)).toEqual(['2026-03-28T07:00:00.000Z']);
  });

  test('on working days, caught up on over Easter, wait for Tuesday', async () => {
    const workingDays = storyDeps(db, storyRules({ onWorkingDays: true }));
    await enrol(db, 'C-1', { subscription: { ...renewing.subscription, renews_on: '2026-04-30' } });
    await startTestClock(db, instant('2026-04-03T12:00:00+03:00'));
    await advanceClock(workingDays, instant('2026-04-08T12:00:00+03:00'));
    expect((await outbox(db)).map((message) => message.at)).toEqual(['2026-04-07T06:00:00.000Z']);
  });

  test('are sent once by two processes that look at the same time', async () => {
    for (let number = 0; number < 10; number += 1) await enrol(db, `C-${number}`, renewing);
    await runDue(deps, instant('2026-03-01T00:00:00Z'));
    const due = instant('2026-03-02T09:30:00+02:00');
    const [one, other] = await Promise.all([runDue(deps, due), runDue(deps, due)]);
    expect((one?.remindersSent ?? 0) + (other?.remindersSent ?? 0)).toBe(10);
    expect(await outbox(db)).toHaveLength(10);
  });

  test('of a faulty message do not keep the others from being sent, and the fault is told', async () => {
    await enrol(db, 'C-1', renewing);
    await enrol(db, 'C-2', renewing);
    await runDue(deps, instant('2026-03-01T00:00:00Z'));
    await db.raw(`alter table message add constraint faulty check (recipient <> 'c-1@example.org')`);
    const report = await runDue(deps, instant('2026-03-02T09:30:00+02:00'));
    expect(report.remindersSent).toBe(1);
    expect(report.failures).toEqual([expect.stringContaining('S-C-1')]);
    expect(
      await db('reminder')
        .where({ subject_id: 'S-C-1', step: 1 })
        .orWhere({ subject_id: 'S-C-1', step: 0 })
        .pluck('state'),
    ).toContain('planned');
  });
});

describe('the clock', () => {
  test('is the system’s until the books have a test clock, which stays where it is put', async () => {
    const clock = createClock(db, () => 1_000);
    expect(await clock.read()).toEqual({ now: 1_000, test: false });
    await startTestClock(db, 5_000);
    await startTestClock(db, 9_000);
    expect(await clock.read()).toEqual({ now: 5_000, test: true });
  });

  test('refuses to go back, and cannot be moved where there is no test clock', async () => {
    expect(await advanceClock(deps, 1_000)).toEqual({ kind: 'refused', reason: 'no test clock', now: 1_000 });
    await startTestClock(db, 5_000);
    expect(await advanceClock(deps, 4_999)).toEqual({ kind: 'refused', reason: 'backwards', now: 5_000 });
    expect((await createClock(db, () => 0).read()).now).toBe(5_000);
  });

  test('lets messages leave at the moments at which they are due, in the order of time', async () => {
    await enrol(db, 'C-1', renewing);
    await startTestClock(db, instant('2026-02-01T00:00:00Z'));
    const left: string[] = [];
    const sendDueMessages = async (now: number) => {
      const due = await db('message')
        .where('state', 'queued')
        .where('not_before', '<=', new Date(now).toISOString())
        .update({ state: 'sent', sent_at: new Date(now).toISOString() });
      if (due > 0) left.push(new Date(now).toISOString());
      return due;
    };
    const result = await advanceClock({ ...deps, sendDueMessages }, instant('2026-04-02T00:00:00Z'));
    expect(left).toEqual(['2026-03-02T07:00:00.000Z', '2026-03-25T07:00:00.000Z', '2026-03-31T06:00:00.000Z']);
    expect(result).toMatchObject({ kind: 'advanced', now: instant('2026-04-02T00:00:00Z'), report: { messages: 3 } });
  });

  test('moved by two people at once passes the time once', async () => {
    await enrol(db, 'C-1', renewing);
    await startTestClock(db, instant('2026-01-01T00:00:00Z'));
    const to = instant('2026-05-01T00:00:00Z');
    await Promise.all([advanceClock(deps, to), advanceClock(deps, to)]);
    expect(await outbox(db)).toHaveLength(3);
  });
});
