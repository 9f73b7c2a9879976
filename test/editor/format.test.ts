import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDate,
  formatDuration,
  formatInstant,
  formatMoney,
  formatMoneyChange,
  formatMonth,
  formatPercent,
  formatPeriod,
  formatQuantity,
  zoneName,
} from '../../editor/format.ts';

describe('amounts of money', () => {
  it('are written as the reader writes them, with the minor unit of their currency', () => {
    expect(formatMoney('1234.50', 'EUR', 'en-GB')).toBe('€1,234.50');
    expect(formatMoney('1234.50', 'EUR', 'de-DE')).toBe('1.234,50\u00a0€');
    expect(formatMoney('1234', 'JPY', 'en-US')).toBe('¥1,234');
    expect(formatMoney('1.234', 'KWD', 'en-US')).toBe('KWD\u00a01.234');
  });

  it('stay exact where a binary number would not', () => {
    expect(formatMoney('90071992547409931.07', 'EUR', 'en-GB')).toBe('€90,071,992,547,409,931.07');
  });

  it('show the sign of a change, and none for no change', () => {
    expect(formatMoneyChange('0.24', 'EUR', 'en-GB')).toBe('+€0.24');
    expect(formatMoneyChange('-2.40', 'EUR', 'en-GB')).toBe('-€2.40');
    expect(formatMoneyChange('0.00', 'EUR', 'en-GB')).toBe('€0.00');
  });
});

describe('quantities of usage', () => {
  it('are shown in the unit people use for the service', () => {
    expect(formatQuantity(5_430_000, 'voice', 'en-GB')).toBe('90.5 mins');
    expect(formatQuantity(48_200_000_000, 'data', 'en-GB')).toBe('48.2 GB');
    expect(formatQuantity(1_500_000, 'data', 'en-GB')).toBe('1.5 MB');
    expect(formatQuantity(1204, 'sms', 'en-GB')).toBe('1,204 messages');
  });

  it('of a service that analysts declared are plain numbers', () => {
    expect(formatQuantity(60_000, 'televoting', 'en-GB')).toBe('60,000');
  });
});

describe('dates and times', () => {
  it('of a day have no zone that could move them', () => {
    expect(formatDate('2026-05-01', 'en-GB')).toBe('1 May 2026');
    expect(formatMonth('2026-05', 'en-GB')).toBe('May 2026');
  });

  it('of a half-open period end with its last day', () => {
    // Which kind of space stands around the dash is the locale data's business.
    const period = formatPeriod('2026-05-31', '2026-06-16', 'en-GB').replaceAll(/\s/g, ' ');
    expect(period).toBe('31 May – 15 Jun 2026');
  });

  it('of an instant are shown in the zone of the reader', () => {
    expect(formatInstant('2026-06-16T07:00:00Z', 'en-GB', 'Europe/Helsinki')).toBe('16 Jun 2026, 10:00');
  });

  it('name the zone that they are read in', () => {
    expect(zoneName('2026-06-16T07:00:00Z', 'en-GB', 'Europe/Berlin')).toBe('CEST');
    expect(zoneName('2026-06-16T07:00:00Z', 'en-GB', 'UTC')).toBe('UTC');
  });

  it('left are said in the two largest units', () => {
    expect(formatDuration(74, 'en-GB')).toBe('1 min 14 secs');
    expect(formatDuration(3_700, 'en-GB')).toBe('1 hr 1 min');
    expect(formatDuration(0, 'en-GB')).toBe('0 secs');
  });
});

it('counts and percentages follow the reader’s locale', () => {
  expect(formatCount(260_000, 'de-DE')).toBe('260.000');
  expect(formatPercent('99.41', 2, 'en-GB')).toBe('99.41%');
  expect(formatPercent(19, 2, 'de-DE')).toBe('19\u00a0%');
});
