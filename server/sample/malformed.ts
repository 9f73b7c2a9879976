/** Ways in which a record can be unusable, each with the one reason it must be put aside for. */
import { firstUnknownMsisdn } from './company.ts';
import { type DayNumber, isoDate } from './dates.ts';
import { pick, type Random, whole } from './random.ts';

export const malformedReasons = [
  'field-count',
  'bad-number',
  'bad-instant',
  'unknown-service',
  'unknown-subscriber',
  'negative-quantity',
  'too-old',
  'not-a-record',
] as const;
export type MalformedReason = (typeof malformedReasons)[number];

const field = { msisdn: 3, service: 4, start: 5, duration: 6, bytes: 7, messages: 8, calling: 11 } as const;

/** Spoils a good record's line in one way only. `cycleFrom` is the first day of the subscriber's open cycle. */
export function spoil(random: Random, line: string, reason: MalformedReason, cycleFrom: DayNumber): string {
  const fields = line.split(',');
  const set = (position: number, value: string): string => fields.with(position, value).join(',');
  switch (reason) {
    case 'field-count':
      return random() < 0.5 ? fields.slice(0, -1).join(',') : `${line},extra`;
    case 'bad-number':
      return set(
        pick(random, [field.duration, field.bytes, field.messages]),
        pick(random, ['12s', 'NaN', '--', 'many']),
      );
    case 'bad-instant':
      return set(
        field.start,
        pick(random, [
          '2026-05-32T10:00:00+02:00',
          '2026-05-10T25:61:00+02:00',
          'yesterday',
          '10.05.2026 11:30',
          '2026-05-10T10:00:00',
        ]),
      );
    case 'unknown-service':
      return set(field.service, pick(random, ['mms', 'fax', 'video']));
    case 'unknown-subscriber': {
      const stranger = `+${firstUnknownMsisdn + whole(random, 0, 999_999)}`;
      return fields.with(field.msisdn, stranger).with(field.calling, stranger).join(',');
    }
    case 'negative-quantity':
      return set(pick(random, [field.duration, field.bytes, field.messages]), String(-whole(random, 1, 500)));
    case 'too-old':
      return set(field.start, `${isoDate(cycleFrom - whole(random, 62, 200))}T10:15:00Z`);
    case 'not-a-record':
      return pick(random, [
        '#### buffer overrun ####',
        '<?xml version="1.0" encoding="UTF-8"?>',
        'ERROR 5012 disk full',
        `X${line.slice(1)}`,
      ]);
  }
}
