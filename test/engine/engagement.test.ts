import { describe, expect, test } from 'vitest';
import { decideBusinessEvent } from '../../engine/business-event.ts';
import { exceptionCatalogue } from '../../engine/exceptions.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { OfferOutcome, RemindOutcome } from '../../engine/outcomes.ts';
import { localTime } from '../../engine/period.ts';
import { nextOpenMoment, planSteps } from '../../engine/schedule.ts';
import { decisionSet, is, ruleSet } from './fixture.ts';

const remind = (parts: Partial<RemindOutcome> = {}): RemindOutcome => ({
  kind: 'remind',
  date: 'subscription.renews_on',
  between: { from: 540, until: 1200 },
  zone: 'customer',
  onWorkingDays: true,
  steps: [30, 7, 1].map((count) => ({ count, unit: 'day', side: 'before' })),
  sends: [{ message: 'renewal-reminder', to: ['customer'] }],
  ...parts,
});

const due = (outcome: RemindOutcome, date: string, zone = 'Europe/Berlin', holidays: readonly string[] = []) =>
  planSteps(outcome, date, zone, holidays).map((one) => [
    one.step,
    localTime(one.dueAt, zone),
    localTime(one.uselessAfter ?? 0, zone),
  ]);

describe('reminders', () => {
  test("steps are due at the opening hour of the customer's own day, and useless once the next is due or the date is over", () => {
    expect(due(remind(), '2026-06-11')).toEqual([
      [0, '2026-05-12 09:00:00', '2026-06-04 09:00:00'],
      [1, '2026-06-04 09:00:00', '2026-06-10 09:00:00'],
      [2, '2026-06-10 09:00:00', '2026-06-12 00:00:00'],
    ]);
  });

  test("a day off moves earlier before the date: one day before Easter Monday's morrow is Thursday, 2 April", () => {
    const holidays = ['2026-04-03', '2026-04-06'];
    expect(
      due(remind({ steps: [{ count: 1, unit: 'day', side: 'before' }] }), '2026-04-06', 'Europe/Berlin', holidays).map(
        (one) => one[1],
      ),
    ).toEqual(['2026-04-02 09:00:00']);
  });

  test('a day off moves later after the date', () => {
    expect(due(remind({ steps: [{ count: 2, unit: 'day', side: 'after' }] }), '2026-05-21')).toEqual([
      [0, '2026-05-25 09:00:00', '2026-05-26 00:00:00'],
    ]);
  });

  test('steps that fall together become the latest of them', () => {
    const steps = [2, 1].map((count) => ({ count, unit: 'day', side: 'before' }) as const);
    expect(due(remind({ steps }), '2026-06-08').map((one) => one[0])).toEqual([1]);
  });

  test('a month before 31 March is the last day of February', () => {
    expect(
      due(remind({ onWorkingDays: false, steps: [{ count: 1, unit: 'month', side: 'before' }] }), '2026-03-31').map(
        (one) => one[1],
      ),
    ).toEqual(['2026-02-28 09:00:00']);
  });

  test('where the text says rolling over, a month before 31 March is 3 March, three days past the end of February', () => {
    const steps = [{ count: 1, unit: 'month', side: 'before', monthEnd: 'rolling over' }] as const;
    const days = (date: string) => due(remind({ onWorkingDays: false, steps }), date).map((one) => one[1]);
    expect(days('2026-03-31')).toEqual(['2026-03-03 09:00:00']);
    expect(days('2028-03-31')).toEqual(['2028-03-02 09:00:00']);
    expect(days('2026-04-30')).toEqual(['2026-03-30 09:00:00']);
  });

  test('a step is useless after the days it says, also past the next one', () => {
    const steps = [
      { count: 3, unit: 'day', side: 'before', uselessAfterDays: 1 },
      { count: 2, unit: 'day', side: 'before', uselessAfterDays: 5 },
      { count: 1, unit: 'day', side: 'before' },
    ] as const;
    expect(due(remind({ onWorkingDays: false, steps }), '2026-06-11').map((one) => one[2])).toEqual([
      '2026-06-09 09:00:00',
      '2026-06-14 09:00:00',
      '2026-06-12 00:00:00',
    ]);
  });

  test('hours of a zone are that zone’s, wherever the customer lives', () => {
    const [first] = planSteps(remind({ zone: 'Europe/Berlin' }), '2026-06-11', 'Asia/Tokyo', []);
    expect(localTime(first?.dueAt ?? 0, 'Europe/Berlin')).toBe('2026-05-12 09:00:00');
  });

  test('the last step of dunning stays good as long as the rule holds', () => {
    const steps = [7, 35].map((count) => ({ count, unit: 'day', side: 'after' }) as const);
    const planned = planSteps({ ...remind({ steps }), kind: 'dunning' }, '2026-06-15', 'Europe/Berlin', []);
    expect(planned.map(({ step, uselessAfter }) => [step, uselessAfter !== undefined])).toEqual([
      [0, true],
      [1, false],
    ]);
  });

  test('a step that is caught up on waits for the next hour in which it may leave', () => {
    const open = (at: string) =>
      localTime(nextOpenMoment(remind(), Date.parse(at), 'Europe/Berlin', ['2026-05-25']), 'Europe/Berlin');
    expect(open('2026-05-19T19:59+02:00')).toBe('2026-05-19 19:59:00');
    expect(open('2026-05-19T20:00+02:00')).toBe('2026-05-20 09:00:00');
    expect(open('2026-05-22T20:00+02:00')).toBe('2026-05-26 09:00:00');
  });

  test('an hour that the clock jumps over moves forward', () => {
    const early = remind({
      onWorkingDays: false,
      between: { from: 150, until: 1200 },
      steps: [{ count: 1, unit: 'day', side: 'before' }],
    });
    expect(due(early, '2026-03-30').map((one) => one[1])).toEqual(['2026-03-29 03:30:00']);
  });
});

describe('business events', () => {
  const offer: OfferOutcome = {
    kind: 'offer',
    sends: [{ message: 'app-invitation', to: ['customer'] }],
    give: {
      kind: 'voucher',
      take: { kind: 'percent', percent: '10' },
      off: 'this order',
      validDays: 30,
      perCustomer: 1,
    },
  };
  const rules = loadRuleSet(
    ruleSet({
      decisions: [
        decisionSet('offer:customer acquired', 'offer', 'all', 'customer', [
          [
            'offer.app_install',
            { all: [is('customer.app_account.known', true), is('customer.app_account', false)] },
            offer,
          ],
        ]),
        decisionSet('notify:customer acquired', 'notify', 'all', 'customer', [
          [
            'notify.welcome',
            is('always', true),
            { kind: 'notify', sends: [{ message: 'welcome', to: ['customer', 'sales manager'], oncePer: 'customer' }] },
          ],
        ]),
      ],
    }),
  );
  const decide = (account: boolean, known: boolean) =>
    decideBusinessEvent(
      'customer acquired',
      { 'customer.app_account': account, 'customer.app_account.known': known },
      rules,
    );

  test('a customer without app account gets the voucher; one of whom it is not known does not', async () => {
    expect((await decide(false, true)).offers).toEqual([{ rule: 'offer.app_install', offer }]);
    expect((await decide(false, false)).offers).toEqual([]);
    expect((await decide(true, true)).offers).toEqual([]);
  });

  test('messages of notify rules are sent, and the outcome says why of every rule', async () => {
    const { sends, why, decisions } = await decide(true, true);
    expect(sends).toMatchObject([{ rule: 'notify.welcome', send: { message: 'welcome' } }]);
    expect(why.map((one) => [one.rule, one.result])).toEqual([
      ['offer.app_install', false],
      ['notify.welcome', true],
    ]);
    expect(decisions.map((one) => one.matches)).toEqual([[], ['notify.welcome']]);
  });

  test('an event that no rule is on does nothing', async () => {
    expect(await decideBusinessEvent('order shipped', {}, rules)).toEqual({
      offers: [],
      sends: [],
      decisions: [],
      why: [],
    });
  });
});

test('every exception says what it means and what to do', () => {
  for (const [code, entry] of Object.entries(exceptionCatalogue)) {
    expect(entry.meaning, code).toMatch(/\.$/);
    expect(entry.whatToDo, code).toMatch(/\.$/);
  }
});
