import type { UsageEvent } from '../../engine/model.ts';
import type { SessionPart } from '../../engine/usage-details.ts';
import { type DecodedLine, type RefusedLine, refuse } from './decoded-line.ts';
import { parseInstant } from './instant.ts';
import { fieldsOfCells } from './line-fields.ts';

/**
 * Decodes one line of a mediation CSV: fields separated by commas, never quoted, so a split is the whole grammar.
 *
 * `R,<record id>,<sequence>,<msisdn>,<service>,<start, ISO 8601 with offset>,<duration s>,<bytes>,<messages>,
 * <direction>,<called>,<calling>,<PLMN>`, and where something was bought `,<value>,<currency>` behind it. A part of a session says behind
 * these two, which may be empty, `,<session>,<number of the part>,<1 if it is the last, else 0>,<closing cause>`, and a change of a level behind
 * these four, which may be empty, `,<units more, or -units>`. A record that says which card and which device was served has `,<IMSI>,<device>` behind
 * that, and any of these seven may be empty. Durations become milliseconds. `T,<records>`, and where the source sums up what it sent, `,<Σ duration s>,<Σ bytes>,<Σ messages>,<Σ numbers>`
 * behind it. Never throws: what is wrong with a line is its result.
 */
export function decodeUsageLine(line: string, services: ReadonlySet<string>): DecodedLine<NumberedRecord> {
  if (line.includes('\0')) return refuse('not-a-record', 'The line holds a NUL byte');
  const fields = line.split(',');
  if (fields[0] === 'R') return decodeRecord(fields, services);
  const [, source = ''] = fields;
  if (
    fields[0] === 'H' &&
    fields.length === 5 &&
    source.length <= longestName &&
    isCount(fields[2]) &&
    isCount(fields[4])
  ) {
    return { kind: 'header', source, sequence: Number(fields[2]), records: Number(fields[4]) };
  }
  if (fields[0] === 'T' && fields.length === 2 && isCount(fields[1]))
    return { kind: 'trailer', records: Number(fields[1]) };
  if (fields[0] === 'T' && fields.length === 6 && fields.slice(1).every((field) => /^\d{1,20}$/.test(field)))
    return { kind: 'trailer', records: Number(fields[1]), totals: fields.slice(2).join(' ') };
  return refuse('not-a-record', `The line begins with "${line.slice(0, 20)}"; a record begins with "R,"`);
}

/** A record of such a file always names a number. */
type NumberedRecord = Omit<UsageEvent, 'source'>;

/** Ids, sessions and sources are keys of the books, and a key of thousands of characters is refused there. */
const longestName = 200;

const fieldCount = 13;
const fieldCountWithValue = 15;
const fieldCountOfPart = 19;
const fieldCountWithChange = 20;
const fieldCountWithIdentity = 22;
const fieldCounts: readonly number[] = [
  fieldCount,
  fieldCountWithValue,
  fieldCountOfPart,
  fieldCountWithChange,
  fieldCountWithIdentity,
];

function decodeRecord(fields: readonly string[], services: ReadonlySet<string>): DecodedLine<NumberedRecord> {
  if (!fieldCounts.includes(fields.length))
    return refuse('field-count', `${fields.length} fields where a record has ${fieldCount}`);
  const [
    ,
    id = '',
    sequence,
    msisdn = '',
    service = '',
    start = '',
    duration,
    bytes,
    messages,
    direction,
    called = '',
    calling = '',
    network = '',
    value = '',
    currency = '',
  ] = fields;
  for (const [name, text, field] of [
    ['sequence', sequence, 'sequence'],
    ['duration', duration, 'durationMs'],
    ['bytes', bytes, 'bytes'],
    ['messages', messages, 'messages'],
  ] as const) {
    // At most 12 digits of seconds: in milliseconds still below 2^53.
    if (!/^-?\d{1,15}$/.test(text ?? '') || (name === 'duration' && (text ?? '').length > 12))
      return refuse('bad-number', `${name} is "${text}"`, field);
    if (text?.startsWith('-')) return refuse('negative-quantity', `${name} is ${text}`, field);
  }
  const startAt = parseInstant(start);
  if (Number.isNaN(startAt)) return refuse('bad-instant', `start is "${start}"`);
  if (!services.has(service)) return refuse('unknown-service', `service is "${service}"`);
  if (direction !== 'outgoing' && direction !== 'incoming')
    return refuse('unknown-direction', `direction is "${direction}"`);
  if (!id) return refuse('field-count', 'The record id is empty', 'id');
  if (id.length > longestName) return refuse('bad-field', `the record id has ${id.length} characters`, 'id');
  if (called.length > longestName) return refuse('bad-field', 'the other number is too long', 'calledNumber');
  if (calling.length > longestName) return refuse('bad-field', 'the other number is too long', 'callingNumber');
  const refusal = refusalOfValue(value, currency);
  if (refusal) return refusal;
  const details = fields.length > fieldCountWithValue ? decodeDetails(fields.slice(fieldCountWithValue)) : none;
  if ('reason' in details) return details;
  return {
    kind: 'record',
    event: {
      id,
      msisdn,
      service,
      startAt,
      direction,
      sequence: Number(sequence),
      durationMs: Number(duration) * 1000,
      bytes: Number(bytes),
      messages: Number(messages),
      calledNumber: called,
      callingNumber: calling,
      visitedNetwork: network,
      ...(value !== '' && { value: { amount: value, currency } }),
      ...details,
    },
  };
}

function refusalOfValue(value: string, currency: string): RefusedLine | undefined {
  if (value.startsWith('-')) return refuse('negative-quantity', `value is ${value}`, 'value');
  if (value === '' && currency === '') return undefined;
  // At most 9 digits: in millionths of the currency still below 2^53.
  if (/^\d{1,9}(\.\d{1,6})? [A-Z]{3}$/.test(`${value} ${currency}`)) return undefined;
  return refuse('bad-number', `value is "${value}" in "${currency}"`, 'value');
}

type Details = Pick<NumberedRecord, 'part' | 'change' | 'imsi' | 'attributes'>;
const none: Details = {};

/** What stands behind the value. Of a part alone, and of a change alone, it may not be empty; with card and device behind them both may be. */
function decodeDetails(fields: readonly string[]): Details | RefusedLine {
  const [session, number, last, cause, change, imsi = '', device = ''] = fields;
  const inParts = [session, number, last, cause];
  const isIdentified = fields.length === fieldCountWithIdentity - fieldCountWithValue;
  const isChange = change !== undefined && !(isIdentified && change === '');
  if (isChange && !/^-?\d{1,9}$/.test(change)) return refuse('bad-number', `change is "${change}"`, 'change');
  const isPart = change === undefined || inParts.some((field) => field !== '');
  const part = isPart ? decodePart(inParts) : undefined;
  if (part !== undefined && 'reason' in part) return part;
  if (imsi !== '' && !/^\d{6,15}$/.test(imsi)) return refuse('bad-field', `the IMSI is "${imsi}"`, 'imsi');
  if (device.length > longestName)
    return refuse('bad-field', `the device's name has ${device.length} characters`, 'attributes');
  return {
    ...(part && { part }),
    ...(isChange && { change: Number(change) }),
    ...(imsi !== '' && { imsi }),
    ...(device !== '' && { attributes: { device } }),
  };
}

function decodePart([session = '', number = '', last = '', closingCause = '']: readonly (string | undefined)[]):
  | SessionPart
  | RefusedLine {
  if (session === '') return refuse('field-count', 'The part names no session', 'part');
  if (session.length > longestName)
    return refuse('bad-field', `the session's name has ${session.length} characters`, 'part');
  if (!/^[1-9]\d{0,4}$/.test(number)) return refuse('bad-number', `the number of the part is "${number}"`, 'part');
  if (last !== '0' && last !== '1')
    return refuse('bad-number', `whether it is the last part is "${last}", not 0 or 1`, 'part');
  return { session, number: Number(number), isLast: last === '1', ...(closingCause !== '' && { closingCause }) };
}

/** The columns behind `R`, and which field of the usage event each says. */
const columns = [
  ['id', 'id'],
  ['sequence', 'sequence'],
  ['msisdn', 'msisdn'],
  ['service', 'service'],
  ['start', 'startAt'],
  ['duration', 'durationMs'],
  ['bytes', 'bytes'],
  ['messages', 'messages'],
  ['direction', 'direction'],
  ['called', 'calledNumber'],
  ['calling', 'callingNumber'],
  ['network', 'visitedNetwork'],
  ['value', 'value'],
  ['currency', 'value'],
  ['session', 'part'],
  ['part', 'part'],
  ['last part', 'part'],
  ['closing cause', 'part'],
  ['change', 'change'],
  ['IMSI', 'imsi'],
  ['device', 'attributes'],
] as const;

/** The fields of a record line; other lines have none. */
export const fieldsOfUsageLine = fieldsOfCells({
  named: (cells) => (fieldCounts.includes(cells + 1) ? columns.slice(0, cells) : undefined),
  split: (line) => (line.startsWith('R,') ? line.slice(2).split(',') : undefined),
  join: (cells) => `R,${cells.join(',')}`,
});

function isCount(text: string | undefined): boolean {
  return /^\d{1,9}$/.test(text ?? '');
}
