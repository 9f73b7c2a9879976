/** The month of the customer whose invoice `engine/README.md` derives with pencil and paper: few records, round numbers. */
import type { SampleSubscription } from './company.ts';
import { type DayNumber, dayNumber } from './dates.ts';
import { homeNetwork } from './numbers.ts';
import type { UsageRecord } from './record.ts';
import { startText } from './start-text.ts';

interface DatedRecord {
  readonly day: DayNumber;
  readonly record: UsageRecord;
}

/**
 * In order: five long calls on weekday mornings that use up 300 minutes; then a call to Austria, one in the evening,
 * one by day, one to a premium number; data past an allowance of 10 GB, the last session abroad; and five messages.
 */
export function handCheckedRecords({ msisdn }: SampleSubscription): readonly DatedRecord[] {
  return [
    ...[4, 5, 6, 7, 8].map((day) => call(msisdn, day, 10, 3600, '+493055500020')),
    call(msisdn, 18, 11, 100, '+4315550100'),
    call(msisdn, 18, 21, 90, '+493055500020'),
    call(msisdn, 19, 11, 120, '+493055500020'),
    call(msisdn, 20, 11, 130, '+499005550007'),
    ...[2, 9, 16, 23].map((day) => session(msisdn, day, 2_500_000_000, homeNetwork)),
    session(msisdn, 24, 2_000_000_000, homeNetwork),
    session(msisdn, 27, 150_000_000, '23410'),
    ...[4, 11, 18, 25, 29].map((day) => message(msisdn, day)),
  ];
}

const nothing = {
  durationSeconds: 0,
  bytes: 0,
  messages: 0,
  direction: 'outgoing',
  called: '',
  calling: '',
  plmn: homeNetwork,
} as const;

function call(msisdn: string, day: number, hour: number, durationSeconds: number, called: string): DatedRecord {
  const record = {
    ...nothing,
    source: 'MSC1',
    msisdn,
    service: 'voice',
    start: inMay(day, hour),
    durationSeconds,
    called,
    calling: msisdn,
  } as const;
  return { day: may(day), record };
}

function session(msisdn: string, day: number, bytes: number, plmn: string): DatedRecord {
  const source = plmn === homeNetwork ? 'PGW1' : 'TAP';
  return {
    day: may(day),
    record: { ...nothing, source, msisdn, service: 'data', start: inMay(day, 12), durationSeconds: 1800, bytes, plmn },
  };
}

function message(msisdn: string, day: number): DatedRecord {
  const record = {
    ...nothing,
    source: 'SMSC',
    msisdn,
    service: 'sms',
    start: inMay(day, 17),
    messages: 1,
    called: '+491515550003',
    calling: msisdn,
  } as const;
  return { day: may(day), record };
}

function may(day: number): DayNumber {
  return dayNumber(2026, 5, day);
}

/** On the full hour, in the customer's zone. */
function inMay(day: number, hour: number): string {
  return startText('Europe/Berlin', may(day), hour * 3600);
}
