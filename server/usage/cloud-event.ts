import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { faultsOf } from '../input-faults.ts';
import { type RefusedLine, refuse } from './decoded-line.ts';

/** An object that says it is a CloudEvent. */
export function isCloudEvent(value: object): boolean {
  return 'specversion' in value;
}

/**
 * The fields of the usage event that a CloudEvent 1.0 tells: `id` and `source` name it for ever, `time` is its start, `type` is `ratebook.usage` or
 * says the service besides (`ratebook.usage.voice`), `subject` whom it served (`+491701234567`, `imsi:262010000000001`,
 * `subscription:S-1`), `data` everything else. Extension attributes are ignored.
 *
 * @returns a refusal where it is no such event, or where its data say something else than the envelope.
 */
export function cloudEventFields(value: object): Readonly<Record<string, unknown>> | RefusedLine {
  if (!envelopes.Check(value)) {
    const [fault] = faultsOf([...envelopes.Errors(value)]);
    return refuse('bad-field', `${fault?.pointer.slice(2)} ${fault?.detail}`);
  }
  const { id, source, type, time, subject, data } = value;
  const service = type.slice(`${typeOfUsage}.`.length);
  const served = subject === undefined ? {} : servedBy(subject);
  if (!served) return refuse('bad-field', `subject is "${subject}": neither a number, imsi:… nor subscription:…`);
  const told = { id, source, ...(service && { service }), ...(time !== undefined && { startAt: time }), ...served };
  for (const [name, said] of Object.entries(told))
    if (name in data && data[name] !== said)
      return refuse('bad-field', `${name} is ${JSON.stringify(said)} by the envelope and another by the data`);
  return { ...data, ...told };
}

const typeOfUsage = 'ratebook.usage';

/** What stands around a usage event in the JSON format of CloudEvents. */
export const cloudEventEnvelope = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Type.String({ minLength: 1, maxLength: 200, description: 'Unique within its source' }),
    source: Type.String({ minLength: 1, maxLength: 200 }),
    type: Type.String({
      pattern: '^ratebook\\.usage(\\..{1,100})?$',
      description: '`ratebook.usage`, or with the service behind it: `ratebook.usage.voice`',
    }),
    time: Type.Optional(Type.String({ maxLength: 100, description: 'When the usage started' })),
    subject: Type.Optional(
      Type.String({ maxLength: 250, description: 'Whom it served: a number with plus, `imsi:…` or `subscription:…`' }),
    ),
    datacontenttype: Type.Optional(Type.String({ pattern: '^application/json' })),
    data: Type.Record(Type.String(), Type.Unknown(), { description: 'The other fields of the usage event' }),
  },
  { additionalProperties: true },
);
const envelopes = Compile(cloudEventEnvelope);

function servedBy(subject: string): Readonly<Record<string, string>> | undefined {
  if (subject.startsWith('+')) return { msisdn: subject };
  const [kind, ...rest] = subject.split(':');
  const name = rest.join(':');
  if (kind === 'imsi') return { imsi: name };
  return kind === 'subscription' ? { subscription: name } : undefined;
}
