/** A table of the days, cycles and moments on which other billing systems have billed twice or not at all. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { AccountChange, AccountTimes } from '../../engine/billing-account.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { cycleBounds, cycleNumber, monthsOf, numberedCycle } from '../../engine/cycles.ts';
import { feesOf } from '../../engine/fees.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { formatExact } from '../../engine/money.ts';
import { addDays, instantAt, localDate, startOfDay } from '../../engine/period.ts';
import { accountCycle, call, fee, flatRate, perMinute, plan, ruleSet, standardTax, subscription } from './fixture.ts';

const utc = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');

describe('A cycle from', () => {
  test.each([
    // Cycle day, a date in the cycle, its first day, the first day of the next one.
    [31, '2026-02-28', '2026-02-28', '2026-03-31'],
    [31, '2026-03-30', '2026-02-28', '2026-03-31'],
    [31, '2026-04-30', '2026-04-30', '2026-05-31'],
    [31, '2028-02-29', '2028-02-29', '2028-03-31'],
    [31, '2028-02-28', '2028-01-31', '2028-02-29'],
    [30, '2026-02-27', '2026-01-30', '2026-02-28'],
    [30, '2026-02-28', '2026-02-28', '2026-03-30'],
    [30, '2028-02-29', '2028-02-29', '2028-03-30'],
    [29, '2027-02-28', '2027-02-28', '2027-03-29'],
    [29, '2028-02-28', '2028-01-29', '2028-02-29'],
    [29, '2028-02-29', '2028-02-29', '2028-03-29'],
    [29, '2100-02-28', '2100-02-28', '2100-03-29'],
    [1, '2027-12-31', '2027-12-01', '2028-01-01'],
    [28, '2028-02-29', '2028-02-28', '2028-03-28'],
  ])('day %i that holds %s is %s to %s', (cycleDay, date, from, until) => {
    expect(cycleBounds({ cycleDay }, date)).toMatchObject({ from, until });
  });
});

describe('The day', () => {
  afterEach(() => void vi.useRealTimers());
  const days = [
    // Zone, day, when it begins, how many hours it has.
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z', 23],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z', 25],
    ['America/Juneau', '2026-03-08', '2026-03-08T09:00:00Z', 23],
    ['America/Juneau', '2026-11-01', '2026-11-01T08:00:00Z', 25],
    // Half an hour of summer time.
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00Z', 23.5],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00Z', 24.5],
    // Half and three quarters of an hour from UTC.
    ['Asia/Kolkata', '2026-05-01', '2026-04-30T18:30:00Z', 24],
    ['America/St_Johns', '2026-05-01', '2026-05-01T02:30:00Z', 24],
    ['Asia/Kathmandu', '2026-05-01', '2026-04-30T18:15:00Z', 24],
    ['Pacific/Chatham', '2026-09-27', '2026-09-26T11:15:00Z', 23],
    // The clock jumps over midnight.
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', 23],
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z', 23],
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00Z', 23],
    // Midnight comes twice, at one o'clock the clock goes back to it.
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00Z', 25],
    ['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00:00Z', 25],
    // Eleven o'clock comes twice, and midnight only once.
    ['Africa/Cairo', '2026-10-29', '2026-10-28T21:00:00Z', 25],
    // Samoa left a day out when it moved across the date line.
    ['Pacific/Apia', '2011-12-29', '2011-12-29T10:00:00Z', 24],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00Z', 0],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00Z', 24],
  ] as const;

  test.each(days)('in %s on %s begins at %s and has %d hours', (zone, date, start, hours) => {
    expect(utc(startOfDay(date, zone))).toBe(start);
    expect((startOfDay(addDays(date, 1), zone) - startOfDay(date, zone)) / 3_600_000).toBe(hours);
    if (hours > 0) expect(localDate(startOfDay(date, zone), zone)).toBe(date);
    if (hours > 0) expect(localDate(startOfDay(date, zone) - 1, zone) < date).toBe(true);
  });

  test('on which midnight comes twice begins with the first, on whatever day of the year one asks', () => {
    // Days that nothing else has asked for, so that nothing is remembered.
    vi.setSystemTime(Date.parse('2026-01-15T12:00:00Z'));
    expect(utc(startOfDay('2027-11-07', 'America/Havana'))).toBe('2027-11-07T04:00:00Z');
    vi.setSystemTime(Date.parse('2026-07-15T12:00:00Z'));
    expect(utc(startOfDay('2028-11-05', 'America/Havana'))).toBe('2028-11-05T04:00:00Z');
  });

  test('has times that do not exist or exist twice, which are the moment after and the first of two', () => {
    expect(utc(instantAt('2026-03-08', 150, 'America/Juneau'))).toBe('2026-03-08T11:30:00Z');
    expect(utc(instantAt('2026-10-04', 135, 'Australia/Lord_Howe'))).toBe('2026-10-03T15:45:00Z');
    expect(utc(instantAt('2026-11-01', 30, 'America/Havana'))).toBe('2026-11-01T04:30:00Z');
  });
});

describe('Usage at the very bound of a cycle', () => {
  const rules = loadRuleSet(
    ruleSet({
      plans: [plan({ from: '2010-01-01', rates: { voice: 'rate:flex.voice' } })],
      decisions: [flatRate('voice', perMinute('1.00')), standardTax],
    }),
  );
  /** Totals before tax of the cycle that ends on a day and of the one that begins with it. */
  const around = (bound: string, times: AccountTimes, at: readonly number[]) => {
    const usage = at.map((startAt) => call('2026-01-01T00:00Z', 60, { startAt }));
    return [addDays(bound, -1), bound].map((on) => {
      const subscriptions = [subscription({ acceptedOn: '2010-01-01', activatedOn: '2010-01-01' })];
      const whole = accountCycle({ on, account: times, subscriptions, usage });
      const { bounds } = whole;
      // What a run loads: usage that starts in the cycle.
      const [from, until] = [startOfAccountDay(times, bounds.from), startOfAccountDay(times, bounds.until)];
      const own = usage.filter(({ startAt }) => from <= startAt && startAt < until);
      const { bill, exceptions } = evaluateCycle({ ...whole, usage: own }, rules);
      expect(exceptions).toEqual([]);
      return bill.net;
    });
  };

  test.each([
    // Bound, cycle day, zone, changes.
    ['2026-06-01', 1, 'UTC', []],
    ['2026-11-01', 1, 'America/Havana', []],
    ['2026-09-06', 6, 'America/Santiago', []],
    ['2026-03-29', 29, 'Europe/Berlin', []],
    ['2026-10-25', 25, 'Atlantic/Azores', []],
    ['2028-02-29', 31, 'Asia/Kathmandu', []],
    ['2026-06-01', 1, 'Pacific/Auckland', [{ from: '2026-06-01', zone: 'America/Los_Angeles' }]],
    ['2026-06-01', 1, 'America/Los_Angeles', [{ from: '2026-06-01', zone: 'Pacific/Auckland' }]],
    ['2026-06-01', 1, 'Pacific/Pago_Pago', [{ from: '2026-06-01', zone: 'Pacific/Kiritimati' }]],
    ['2026-06-15', 1, 'Europe/Berlin', [{ from: '2026-06-01', cycleDay: 15, zone: 'Asia/Kolkata' }]],
  ] satisfies [string, number, string, AccountChange[]][])(
    'on %s (cycle day %i, %s) is billed once: the last millisecond by the old cycle, the first by the new',
    (bound, cycleDay, zone, changes) => {
      const times = { cycleDay, zone, ...(changes.length > 0 && { changes }) };
      const start = startOfAccountDay(times, bound);
      expect(around(bound, times, [start - 1])).toEqual(['1.00', '0.00']);
      expect(around(bound, times, [start])).toEqual(['0.00', '1.00']);
      expect(around(bound, times, [start - 1, start])).toEqual(['1.00', '1.00']);
    },
  );

  test('is counted by the local date, which is not that of UTC (usage item started on a UTC date)', () => {
    // 1 June, 03:00 in Kolkata is still 31 May in UTC; 31 May, 22:00 in Juneau is already 1 June.
    const kolkata = { zone: 'Asia/Kolkata', cycleDay: 1 };
    expect(around('2026-06-01', kolkata, [Date.parse('2026-06-01T03:00+05:30')])).toEqual(['0.00', '1.00']);
    const juneau = { zone: 'America/Juneau', cycleDay: 1 };
    expect(around('2026-06-01', juneau, [Date.parse('2026-05-31T22:00-08:00')])).toEqual(['1.00', '0.00']);
  });

  test('makes the same invoice however old the account is (same usage, different invoice by creation date)', () => {
    const usage = [call('2026-10-25T02:30+02:00', 60), call('2026-10-25T02:30+01:00', 60)];
    const nets = ['2026-01-01', '2026-06-15', '2026-10-25'].map((activatedOn) => {
      const subscriptions = [subscription({ acceptedOn: activatedOn, activatedOn })];
      return evaluateCycle(accountCycle({ on: '2026-10-25', subscriptions, usage }), rules).bill.net;
    });
    expect(nets).toEqual(['2.00', '2.00', '2.00']);
  });
});

describe('A year of bills in America/Juneau, through both changes of the clock (infinite invoice loop)', () => {
  const account = { zone: 'America/Juneau', cycleDay: 8 };
  const fees = [fee({ interval: 'weekly', due: 'in arrears', prorated: 'by second' })];
  const document = ruleSet({ plans: [plan({ from: '2025-01-01', fees })] });
  const who = subscription({ acceptedOn: '2026-01-08', activatedOn: '2026-01-08' });
  const first = cycleNumber(account, '2026-01-08');
  const bills = Array.from({ length: 12 }, (_, index) => {
    const cycle = accountCycle({ account, subscriptions: [who], bounds: numberedCycle(account, first + index) });
    return feesOf(cycle, who, document).map(({ days, exact }) => ({ ...days, exact: formatExact(exact) }));
  });

  test('has each week once and whole, also those of 167 and 169 hours', () => {
    const weeks = Array.from({ length: 52 }, (_, index) => {
      const from = addDays('2026-01-08', 7 * index);
      return { from, until: addDays(from, 7), exact: '12' };
    });
    expect(bills.flat()).toEqual(weeks);
  });

  test('has four or five weeks a month', () => {
    expect(bills.map((weeks) => weeks.length)).toEqual([4, 4, 4, 5, 4, 4, 5, 4, 5, 4, 4, 5]);
  });
});

describe('A move to another zone', () => {
  test('makes the last day before it longer or shorter, and no moment belongs to two days', () => {
    const west: AccountTimes = {
      zone: 'Europe/Berlin',
      cycleDay: 1,
      changes: [{ from: '2026-06-10', zone: 'Europe/Lisbon' }],
    };
    const east = { ...west, zone: 'Europe/Lisbon', changes: [{ from: '2026-06-10', zone: 'Europe/Berlin' }] };
    const hours = (times: AccountTimes, date: string) =>
      (startOfAccountDay(times, addDays(date, 1)) - startOfAccountDay(times, date)) / 3_600_000;
    expect(['2026-06-08', '2026-06-09', '2026-06-10'].map((date) => hours(west, date))).toEqual([24, 25, 24]);
    expect(['2026-06-08', '2026-06-09', '2026-06-10'].map((date) => hours(east, date))).toEqual([24, 23, 24]);
  });

  test('across the date line never makes a day of less than nothing', () => {
    // Midnight of 2 June on Kiritimati (UTC+14) is an hour before midnight of 1 June in Pago Pago (UTC−11).
    const times = {
      zone: 'Pacific/Pago_Pago',
      cycleDay: 1,
      changes: [{ from: '2026-06-02', zone: 'Pacific/Kiritimati' }],
    };
    const starts = ['2026-06-01', '2026-06-02', '2026-06-03'].map((date) => utc(startOfAccountDay(times, date)));
    expect(starts).toEqual(['2026-06-01T11:00:00Z', '2026-06-01T11:00:00Z', '2026-06-02T10:00:00Z']);
  });
});

describe('A new cycle day', () => {
  const starts = (cycleDay: number, changes: readonly AccountChange[], on: string, count: number) => {
    const account = { cycleDay, changes };
    const first = cycleNumber(account, on);
    return Array.from({ length: count }, (_, index) => numberedCycle(account, first + index).from);
  };

  test.each([
    // Old day, change, first days of the cycles from April on.
    [1, { from: '2026-05-10', cycleDay: 15 }, ['2026-04-01', '2026-05-01', '2026-06-01', '2026-06-15', '2026-07-15']],
    [1, { from: '2026-06-01', cycleDay: 15 }, ['2026-04-01', '2026-05-01', '2026-06-01', '2026-06-15', '2026-07-15']],
    [
      1,
      { from: '2026-05-10', cycleDay: 15, bridge: 'longer' },
      ['2026-04-01', '2026-05-01', '2026-06-01', '2026-07-15'],
    ],
    [31, { from: '2026-05-10', cycleDay: 1 }, ['2026-03-31', '2026-04-30', '2026-05-31', '2026-06-01', '2026-07-01']],
    [
      31,
      { from: '2026-05-10', cycleDay: 1, bridge: 'longer' },
      ['2026-03-31', '2026-04-30', '2026-05-31', '2026-07-01'],
    ],
    [31, { from: '2026-04-10', cycleDay: 30 }, ['2026-03-31', '2026-04-30', '2026-05-30', '2026-06-30']],
    [15, { from: '2026-04-20', cycleDay: 15 }, ['2026-03-15', '2026-04-15', '2026-05-15', '2026-06-15']],
  ] satisfies [number, AccountChange, string[]][])(
    'after day %i (%j) waits for the end of the cycle',
    (old, change, expected) => {
      expect(starts(old, [change], '2026-04-01', expected.length)).toEqual(expected);
    },
  );

  test('that is changed again while it waits is the later one, or none at all', () => {
    const first = { from: '2026-05-10', cycleDay: 15 };
    expect(starts(1, [first, { from: '2026-05-20', cycleDay: 20 }], '2026-05-01', 3)).toEqual([
      '2026-05-01',
      '2026-06-01',
      '2026-06-20',
    ]);
    expect(starts(1, [first, { from: '2026-05-20', cycleDay: 1 }], '2026-05-01', 3)).toEqual([
      '2026-05-01',
      '2026-06-01',
      '2026-07-01',
    ]);
  });

  test('charges the bridging cycle for its part of the month that ends with the new day', () => {
    const account = { cycleDay: 1, changes: [{ from: '2026-05-10', cycleDay: 15 }] };
    const [month] = monthsOf(account, { from: '2026-06-01', until: '2026-06-15' });
    // 14 days of the 31 from 15 May to 15 June.
    expect(month).toEqual({
      from: '2026-06-01',
      until: '2026-06-15',
      whole: { from: '2026-05-15', until: '2026-06-15' },
      isBridge: true,
    });
  });
});
