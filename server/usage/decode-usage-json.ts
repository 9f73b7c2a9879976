import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { faultsOf } from '../input-faults.ts';
import { cloudEventFields, isCloudEvent } from './cloud-event.ts';
import { type DecodedLine, type RecordLine, type RefusedLine, refuse } from './decoded-line.ts';
import { parseInstant } from './instant.ts';
import { usageRecordFields } from './usage-event-json.ts';

/**
 * Decodes one line of NDJSON: `{"header": {"source", "sequence", "records"}}`, `{"trailer": {"records", "totals"}}`, a usage event as the
 * API takes it, or a CloudEvent of one. Of an event `sequence` (0), numbers and network (empty) and all quantities but one may
 * be left out. Never throws: what is wrong with a line is its result.
 */
export function decodeUsageJson(line: string, services: ReadonlySet<string>): DecodedLine {
  const value = parse(line);
  if (!isObject(value))
    return refuse('not-a-record', `The line begins with "${line.slice(0, 20)}"; a record is a JSON object`);
  if (line.includes('\\u') && holdsNoText(value))
    return refuse('not-a-record', 'A text of the line holds NUL, or half of a character');
  if ('header' in value) {
    if (!headers.Check(value)) return refuse('not-a-record', 'The header does not say source, sequence and records');
    const { source, sequence, records } = value.header;
    return { kind: 'header', source, sequence, records };
  }
  if (!('trailer' in value)) return decodeEvent(value, services);
  if (!trailers.Check(value))
    return refuse('not-a-record', 'The trailer does not say records, or totals that are none');
  const { records, totals } = value.trailer;
  if (!totals) return { kind: 'trailer', records };
  const { seconds, bytes, messages, numbers } = totals;
  return { kind: 'trailer', records, totals: [seconds, bytes, messages, numbers].join(' ') };
}

function decodeEvent(value: object, services: ReadonlySet<string>): RecordLine | RefusedLine {
  const said = isCloudEvent(value) ? cloudEventFields(value) : value;
  if (isRefusal(said)) return said;
  const fields = { ...unsaid, ...said };
  if (!events.Check(fields)) return refusalOf(fields);
  const { source, startAt: start, ...record } = fields;
  const startAt = parseInstant(start);
  if (Number.isNaN(startAt)) return refuse('bad-instant', `startAt is "${start}"`);
  if (!services.has(record.service)) return refuse('unknown-service', `service is "${record.service}"`);
  // What is not said must not be billed as nothing.
  if (!quantities.some((name) => name in said))
    return refuse('field-count', `The record says none of ${quantities.join(', ')}`);
  return { kind: 'record', event: { ...record, startAt }, ...(source !== undefined && { source }) };
}

const quantities = ['durationMs', 'bytes', 'messages', 'value', 'change'] as const;

const unsaid = {
  sequence: 0,
  durationMs: 0,
  bytes: 0,
  messages: 0,
  calledNumber: '',
  callingNumber: '',
  visitedNetwork: '',
};

const closed = { additionalProperties: false };
const count = Type.Integer({ minimum: 0, maximum: 999_999_999 });
const total = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const source = Type.String({ minLength: 1, maxLength: 200 });
const headers = Compile(Type.Object({ header: Type.Object({ source, sequence: count, records: count }) }));
const trailers = Compile(
  Type.Object({
    trailer: Type.Object({
      records: count,
      totals: Type.Optional(Type.Object({ seconds: total, bytes: total, messages: total, numbers: total })),
    }),
  }),
);
const events = Compile(
  Type.Object(
    { ...usageRecordFields, source: Type.Optional(source), startAt: Type.String({ maxLength: 100 }) },
    closed,
  ),
);

/** Why an object is no usage event: its first fault, under the reason that fits the field. */
function refusalOf(fields: object): RefusedLine {
  const [fault] = faultsOf([...events.Errors(fields)]);
  const [, name = '', ...rest] = (fault?.pointer ?? '').split('/');
  const detail = `${[name, ...rest].join('/')} ${fault?.detail}`;
  const value = (fields as Readonly<Record<string, unknown>>)[name];
  if (value === undefined || name === 'id' || !(name in usageRecordFields || name === 'source' || name === 'startAt'))
    return refuse('field-count', detail);
  if (name === 'startAt') return refuse('bad-instant', detail);
  if (name === 'direction') return refuse('unknown-direction', detail);
  if (name === 'value' || name === 'part' || name === 'change') return refuse('bad-number', detail);
  if (!(name in unsaid) || typeof unsaid[name as keyof typeof unsaid] !== 'number') return refuse('bad-field', detail);
  return refuse(Number(value) < 0 ? 'negative-quantity' : 'bad-number', detail);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRefusal(value: object): value is RefusedLine {
  return 'kind' in value && value.kind === 'refused' && 'reason' in value;
}

/** JSON can say what the books cannot keep: NUL, and one half of a pair of code units. */
function holdsNoText(value: object): boolean {
  return /\\u(0000|d[89a-f])/.test(JSON.stringify(value));
}
