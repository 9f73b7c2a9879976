import { Type } from 'typebox';
import { instantText } from '../input-faults.ts';

const quantity = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const phone = Type.String({ pattern: '^\\+[1-9]\\d{1,14}$', description: 'E.164, with the plus' });
const otherParty = Type.String({
  maxLength: 200,
  description: 'E.164 with the plus, a short number, or the name of a sender as the network says it; empty for data',
});

/** The fields of a usage event but its source and the way its start is decoded. */
export const usageEventFields = {
  id: Type.String({ minLength: 1, maxLength: 200, description: 'Unique within its source' }),
  sequence: quantity,
  msisdn: phone,
  service: Type.String({ minLength: 1, maxLength: 100 }),
  durationMs: quantity,
  bytes: quantity,
  messages: quantity,
  direction: Type.Enum(['outgoing', 'incoming']),
  calledNumber: otherParty,
  callingNumber: otherParty,
  visitedNetwork: Type.String({ pattern: '^(\\d{5,6})?$', description: 'PLMN (MCC and MNC) of the network used' }),
  imsi: Type.Optional(Type.String({ pattern: '^\\d{6,15}$', description: 'Of the subscriber served' })),
  roamingPartner: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Who runs the visited network (TADIG code)' }),
  ),
  recordType: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Kind of the record, as its source says' }),
  ),
  attributes: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[A-Za-z][\\w.-]{0,99}$' }),
      Type.Union([Type.String({ maxLength: 1000 }), Type.Number(), Type.Boolean()]),
      { maxProperties: 50, description: 'Values of declared facts of events, by name without “event.”, in base units' },
    ),
  ),
  change: Type.Optional(
    Type.Integer({
      minimum: -1_000_000_000,
      maximum: 1_000_000_000,
      description: 'Of services in units: raises the level, or lowers it',
    }),
  ),
  part: Type.Optional(
    Type.Object(
      {
        session: Type.String({ minLength: 1, maxLength: 200, description: 'Unique within the source' }),
        number: Type.Integer({ minimum: 1, maximum: 99_999, description: '1 for the first part, without gaps' }),
        isLast: Type.Boolean({ description: 'The session ended with it' }),
        closingCause: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      },
      { additionalProperties: false, description: 'Of a record that is a part of a longer session' },
    ),
  ),
  value: Type.Optional(
    Type.Object(
      {
        amount: Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,6})?$', description: 'Decimal amount as text' }),
        currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
      },
      {
        additionalProperties: false,
        description: 'What was bought is worth; only for services that are measured in value',
      },
    ),
  ),
};

/** The same as a source says it: whom it served is named by number, by IMSI or by subscription. */
export const usageRecordFields = {
  ...usageEventFields,
  msisdn: Type.Optional(phone),
  subscription: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'Id of the subscription served' }),
  ),
};

/** An instant as text that is worked with as epoch milliseconds. */
export const instantAsEpochMs = Type.Codec(instantText)
  .Decode((text) => Date.parse(text))
  .Encode((at) => new Date(at).toISOString());

/** A usage event of any source, in an account's cycle. */
export const usageEvent = Type.Object(
  {
    ...usageEventFields,
    source: Type.String({ minLength: 1, maxLength: 200 }),
    startAt: instantAsEpochMs,
  },
  { additionalProperties: false },
);

export function withInstant<E extends { readonly startAt: string }>(event: E) {
  return { ...event, startAt: Date.parse(event.startAt) };
}
