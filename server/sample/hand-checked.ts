/** The month of the customer whose invoice `engine/README.md` derives with pencil and paper: few records, round numbers. */
import type { SampleSubscription } from './company.ts';
import { type DayNumber, dayNumber } from './dates.ts';
import { homeNetwork } from './numbers.ts';
import type { UsageRecord } from './record.ts';
import { startText } from './start-text.ts';

const zone = 'Europe/Berlin';

/**
 * In order: five long calls on weekday mornings that use up 300 minutes; then a call to Austria, one in the evening,
 * one by day, one to a premium number; a week abroad; five messages; and data past an allowance of 10 GB.
 */
export function handCheckedRecords(
  subscription: SampleSubscription,
): readonly { day: DayNumber; record: UsageRecord }[] {
  const { msisdn } = subscription;
  const may = (day: number): DayNumber => dayNumber(2026, 5, day);
  const at = (day: number, hour: number, minute: number): string =>
    startText(zone, may(day), hour * 3600 + minute * 60);
  const base = {
    msisdn,
    durationSeconds: 0,
    bytes: 0,
    messages: 0,
    direction: 'outgoing',
    called: '',
    calling: '',
    plmn: homeNetwork,
  } as const;
  const call = (
    day: number,
    hour: number,
    minute: number,
    durationSeconds: number,
    called: string,
  ): { day: DayNumber; record: UsageRecord } => ({
    day: may(day),
    record: {
      ...base,
      source: 'MSC1',
      service: 'voice',
      start: at(day, hour, minute),
      durationSeconds,
      called,
      calling: msisdn,
    },
  });
  const data = (
    day: number,
    hour: number,
    bytes: number,
    plmn: string = homeNetwork,
  ): { day: DayNumber; record: UsageRecord } => ({
    day: may(day),
    record: {
      ...base,
      source: plmn === homeNetwork ? 'PGW1' : 'TAP',
      service: 'data',
      start: at(day, hour, 0),
      durationSeconds: 1800,
      bytes,
      plmn,
    },
  });
  const message = (day: number): { day: DayNumber; record: UsageRecord } => ({
    day: may(day),
    record: {
      ...base,
      source: 'SMSC',
      service: 'sms',
      start: at(day, 17, 30),
      messages: 1,
      called: '+491515550003',
      calling: msisdn,
    },
  });
  return [
    ...[4, 5, 6, 7, 8].map((day) => call(day, 10, 0, 3600, '+493055500020')),
    call(18, 11, 0, 100, '+4315550100'),
    call(18, 21, 0, 90, '+493055500020'),
    call(19, 11, 0, 120, '+493055500020'),
    call(20, 11, 0, 130, '+499005550007'),
    ...[2, 9, 16, 23].map((day) => data(day, 12, 2_500_000_000)),
    data(24, 12, 2_000_000_000),
    data(27, 12, 150_000_000, '23410'),
    ...[4, 11, 18, 25, 29].map(message),
  ];
}
