import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { EpochMs } from '../../engine/model.ts';
import { faultsOf } from '../input-faults.ts';
import { cloudEventFields, isCloudEvent } from './cloud-event.ts';
import { type DecodedLine, type RecordLine, type RefusedLine, refuse } from './decoded-line.ts';
import { parseInstant } from './instant.ts';
import { usageRecordFields } from './usage-event-json.ts';
import type { UsageRecord } from './usage-record.ts';

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
  if (!('trailer' in value)) return decodeUsageObject(value, services);
  if (!trailers.Check(value))
    return refuse('not-a-record', 'The trailer does not say records, or totals that are none');
  const { records, totals } = value.trailer;
  if (!totals) return { kind: 'trailer', records };
  const { seconds, bytes, messages, numbers } = totals;
  return { kind: 'trailer', records, totals: [seconds, bytes, messages, numbers].join(' ') };
}

/** The same of an event, or a CloudEvent of one, that is an object already; it is taken over. */
export function decodeUsageObject(value: object, services: ReadonlySet<string>): RecordLine | RefusedLine {
  const said = isCloudEvent(value) ? cloudEventFields(value) : value;
  if (isRefusal(said)) return said;
  const isQuantified = quantities.some((name) => name in said);
  // Nobody else has the object, and a copy of every record would cost more than reading it.
  const fields = said as Record<string, unknown>;
  for (const [name, value] of unsaidFields) if (fields[name] === undefined) fields[name] = value;
  if (!events.Check(fields)) return refusalOf(fields);
  const startAt = parseInstant(fields.startAt);
  if (Number.isNaN(startAt)) return refuse('bad-instant', `startAt is "${fields.startAt}"`);
  if (!services.has(fields.service)) return refuse('unknown-service', `service is "${fields.service}"`);
  // What is not said must not be billed as nothing.
  if (!isQuantified) return refuse('field-count', `The record says none of ${quantities.join(', ')}`);
  const record = { kind: 'record', event: eventOf(fields, startAt) } as const;
  return fields.source === undefined ? record : { ...record, source: fields.source };
}

/** Field by field: taking a rest of the fields and spreading it would take most of the time. */
function eventOf(said: SaidEvent, startAt: EpochMs): UsageRecord {
  const { id, sequence, service, durationMs, bytes, messages, direction, calledNumber, callingNumber, visitedNetwork } =
    said;
  const event: { -readonly [Field in keyof UsageRecord]: UsageRecord[Field] } = {
    id,
    sequence,
    service,
    startAt,
    durationMs,
    bytes,
    messages,
    direction,
    calledNumber,
    callingNumber,
    visitedNetwork,
  };
  if (said.msisdn !== undefined) event.msisdn = said.msisdn;
  if (said.subscription !== undefined) event.subscription = said.subscription;
  if (said.imsi !== undefined) event.imsi = said.imsi;
  if (said.roamingPartner !== undefined) event.roamingPartner = said.roamingPartner;
  if (said.recordType !== undefined) event.recordType = said.recordType;
  if (said.attributes !== undefined) event.attributes = said.attributes;
  if (said.value !== undefined) event.value = said.value;
  if (said.part !== undefined) event.part = said.part;
  if (said.change !== undefined) event.change = said.change;
  return event;
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
const unsaidFields = Object.entries(unsaid);

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
const saidEvent = Type.Object(
  { ...usageRecordFields, source: Type.Optional(source), startAt: Type.String({ maxLength: 100 }) },
  { additionalProperties: false },
);
type SaidEvent = Static<typeof saidEvent>;
const events = Compile(saidEvent);

/** Why an object is no usage event: its first fault, under the reason that fits the field. */
function refusalOf(fields: object): RefusedLine {
  const [fault] = faultsOf([...events.Errors(fields)]);
  const [, name = '', ...rest] = (fault?.pointer ?? '').split('/');
  const detail = `${[name, ...rest].join('/')} ${fault?.detail}`;
  const value = (fields as Readonly<Record<string, unknown>>)[name];
  if (value === undefined || name === 'id' || !(name in usageRecordFields || name === 'source' || name === 'startAt'))
    return refuse('field-count', detail, name);
  if (name === 'startAt') return refuse('bad-instant', detail, name);
  if (name === 'direction') return refuse('unknown-direction', detail, name);
  if (name === 'value' || name === 'part' || name === 'change') return refuse('bad-number', detail, name);
  if (!(name in unsaid) || typeof unsaid[name as keyof typeof unsaid] !== 'number')
    return refuse('bad-field', detail, name);
  return refuse(Number(value) < 0 ? 'negative-quantity' : 'bad-number', detail, name);
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
