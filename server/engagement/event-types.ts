import { type Static, type TSchema, Type } from 'typebox';
import { isZone } from '../../engine/period.ts';
import { type BusinessEventName, businessEvents } from '../../engine/vocabulary.ts';
import { compileCheck, type InputFault, instantText } from '../input-faults.ts';

const id = Type.String({ minLength: 1, maxLength: 200 });
const day = Type.String({ format: 'date' });
const decimal = Type.String({ pattern: '^\\d{1,12}(\\.\\d{1,6})?$', description: 'Decimal amount as text: "12.50"' });
const currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });
const country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2' });
const words = Type.String({ maxLength: 500 });
const closed = { additionalProperties: false } as const;

const customer = Type.Object(
  {
    id,
    name: Type.String({ minLength: 1, maxLength: 500 }),
    category: Type.Enum(['consumer', 'business']),
    email: Type.Optional(Type.String({ format: 'email', maxLength: 320 })),
    phone: Type.Optional(Type.String({ pattern: '^\\+[1-9]\\d{4,14}$', description: 'E.164, with the plus' })),
    street: Type.Optional(words),
    postcode: Type.Optional(words),
    city: Type.Optional(words),
    country,
    taxCountry: Type.Optional(country),
    vatId: Type.Optional(words),
    language: Type.String({ pattern: '^[a-z]{2}$', description: 'ISO 639-1' }),
    zone: Type.String({ maxLength: 60, description: 'IANA time zone' }),
    hasAppAccount: Type.Optional(
      Type.Boolean({ description: 'Leave it out when the look-up failed or was never made' }),
    ),
    interests: Type.Optional(Type.Array(words, { maxItems: 100 })),
    profile: Type.Optional(Type.String({ maxLength: 10_000 })),
    salesManager: Type.Optional(Type.String({ format: 'email', maxLength: 320 })),
    promotionConsent: Type.Optional(Type.Boolean()),
    facts: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([
          Type.Integer(),
          Type.String({ maxLength: 1000 }),
          Type.Boolean(),
          Type.Array(words, { maxItems: 100 }),
        ]),
      ),
    ),
  },
  closed,
);

const order = Type.Object(
  {
    id,
    category: Type.Optional(words),
    value: Type.Optional(decimal),
    currency,
    dueOn: day,
    placedAt: Type.Optional(instantText),
    items: Type.Optional(
      Type.Array(Type.Object({ category: words, price: decimal }, closed), {
        maxItems: 1000,
        description: 'What was ordered, each with its price in the currency of the order; absent: as it was',
      }),
    ),
  },
  closed,
);

const orderStep = Type.Object({ orderId: id, at: Type.Optional(instantText) }, closed);
const ofSubscription = Type.Object({ subscriptionId: id }, closed);

/** The data of each business event: the one schema that gives type, check and documentation. */
const eventData = {
  'customer acquired': Type.Object({ customer, order: Type.Optional(order) }, closed),
  'order placed': Type.Object({ customerId: id, order }, closed),
  'order overdue': Type.Object({ orderId: id }, closed),
  'order shipped': Type.Object(
    {
      orderId: id,
      at: Type.Optional(instantText),
      trackingUrl: Type.Optional(Type.String({ pattern: '^https://[^\\s"<>]+$', maxLength: 2000 })),
    },
    closed,
  ),
  'order cancelled': orderStep,
  'order completed': orderStep,
  'invoice issued': Type.Object({ invoiceNumber: id }, closed),
  'invoice corrected': Type.Object({ creditNoteNumber: id }, closed),
  'invoice disputed': Type.Object(
    { invoiceNumber: id, reason: Type.Optional(Type.String({ maxLength: 2000 })) },
    closed,
  ),
  'dispute settled': Type.Object({ invoiceNumber: id }, closed),
  'payment received': Type.Object(
    {
      paymentId: id,
      accountId: id,
      invoiceNumber: Type.Optional(id),
      amount: decimal,
      currency,
      method: Type.Enum(['manual', 'direct debit', 'card']),
      receivedOn: Type.Optional(day),
    },
    closed,
  ),
  'subscription renewed': Type.Object({ subscriptionId: id, paidUntil: day, renewsOn: Type.Optional(day) }, closed),
  'subscription suspended': ofSubscription,
  'subscription resumed': ofSubscription,
  'survey answered': Type.Object({ subscriptionId: id, survey: words, reason: words }, closed),
  'subscription cancelled': Type.Object(
    { subscriptionId: id, cancelledOn: Type.Optional(day), reason: Type.Optional(Type.String({ maxLength: 2000 })) },
    closed,
  ),
} as const satisfies Record<BusinessEventName, TSchema>;

/** The checked data of an event with its name, as a union that a switch takes apart. */
export type EventData = {
  [Name in BusinessEventName]: { readonly name: Name; readonly data: Static<(typeof eventData)[Name]> };
}[BusinessEventName];
export type CustomerData = Static<typeof customer>;
export type OrderData = Static<typeof order>;

/** Raised by Ratebook's own clock, bill run, steps and surveys: nobody outside can claim that they happened. */
const raisedInside: readonly BusinessEventName[] = [
  'order overdue',
  'invoice issued',
  'invoice corrected',
  'subscription suspended',
  'survey answered',
];

/** CloudEvents type of a business event: the name with dots for spaces, after `ratebook.`. */
export function cloudEventType(name: BusinessEventName): string {
  return `ratebook.${name.replaceAll(' ', '.')}`;
}

/** The events that `POST /v1/events` accepts, with the schema of their data. */
export const acceptedEvents: readonly { readonly type: string; readonly doc: string; readonly data: TSchema }[] =
  businessEvents
    .filter((event) => !raisedInside.includes(event.name))
    .map(({ name, doc }) => ({ type: cloudEventType(name), doc, data: eventData[name] }));

/** The business event of a CloudEvents type; absent for a type that is not known. */
export function businessEventOf(type: string): BusinessEventName | undefined {
  return names.get(type);
}

/** Checks an event's data against the schema of its type. */
export function readEventData(
  name: BusinessEventName,
  data: unknown,
): { readonly event: EventData } | { readonly faults: readonly InputFault[] } {
  const faults = checks[name](data, '/data');
  if (faults.length > 0) return { faults };
  const event = { name, data } as EventData;
  if (event.name === 'customer acquired' && !isZone(event.data.customer.zone)) {
    return { faults: [{ pointer: '#/data/customer/zone', detail: 'must be an IANA time zone like Europe/Berlin' }] };
  }
  return { event };
}

const names = new Map(businessEvents.map((event) => [cloudEventType(event.name), event.name]));
const checks = Object.fromEntries(businessEvents.map(({ name }) => [name, compileCheck(eventData[name])])) as Record<
  BusinessEventName,
  ReturnType<typeof compileCheck>
>;
