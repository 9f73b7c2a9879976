import { type StaticDecode, type StaticEncode, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { EvaluatedCycle } from '../../engine/cycle.ts';
import type { AccountCycle } from '../../engine/model.ts';
import { isZone } from '../../engine/period.ts';
import { faultsOf, type InputFault } from '../input-faults.ts';
import { instantAsEpochMs, usageEvent, usageEventFields, withInstant } from '../usage/usage-event-json.ts';
import { correctionsSchema, interimSchema } from './invoiced-json.ts';
import { amount, closed, dayOfAccount as day, id, text } from './json-fields.ts';

const quantity = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'In base units: milliseconds, bytes, messages',
});
const currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });
const country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2' });
const zone = Type.String({ maxLength: 60, description: 'IANA time zone' });
const item = Type.Object(
  {
    category: text,
    price: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'In millionths of the currency' }),
    currency,
  },
  closed,
);
const factValue = Type.Union([
  Type.Number(),
  Type.String(),
  Type.Boolean(),
  Type.Array(Type.String()),
  Type.Array(item),
]);

const customer = Type.Object(
  {
    id,
    name: text,
    category: Type.Enum(['consumer', 'business']),
    country,
    taxCountry: country,
    vatId: Type.Optional(text),
    language: Type.String({ pattern: '^[a-z]{2}$', description: 'ISO 639-1' }),
    zone,
    hasAppAccount: Type.Optional(Type.Boolean({ description: 'Leave it out when it is not known' })),
    interests: Type.Array(text, { maxItems: 100 }),
    profile: Type.String({ maxLength: 10_000 }),
    bought: Type.Optional(
      Type.Array(item, { maxItems: 10_000, description: 'What is in the orders that were not cancelled' }),
    ),
    facts: Type.Optional(
      Type.Record(Type.String(), factValue, { description: 'Values of declared facts, by name, in base units' }),
    ),
  },
  closed,
);

const accountChange = Type.Object(
  {
    from: day,
    zone: Type.Optional(zone),
    cycleDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 31 })),
    bridge: Type.Optional(
      Type.Enum(['shorter', 'longer'], { description: 'The cycle that leads to the new cycle day' }),
    ),
  },
  { ...closed, description: 'From this day on another zone, another cycle day, or both' },
);

const account = Type.Object(
  {
    id,
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
    zone,
    cycleDay: Type.Integer({ minimum: 1, maximum: 31, description: 'Before any change' }),
    changes: Type.Optional(Type.Array(accountChange, { maxItems: 1000, description: 'In order of time' })),
    openedOn: day,
    closedOn: Type.Optional(day),
  },
  closed,
);

const subscription = Type.Object(
  {
    id,
    plan: id,
    msisdn: usageEventFields.msisdn,
    payment: Type.Enum(['manual', 'direct debit', 'card']),
    acceptedOn: day,
    activatedOn: day,
    cancelledOn: Type.Optional(day),
    planChanges: Type.Optional(
      Type.Array(Type.Object({ from: day, plan: id }, closed), { maxItems: 1000, description: 'In order of time' }),
    ),
    pauses: Type.Optional(
      Type.Array(Type.Object({ from: day, until: Type.Optional(day) }, closed), {
        maxItems: 1000,
        description: 'Half-open, in order of time, apart; without service and fees',
      }),
    ),
    renewsOn: Type.Optional(day),
    paidUntil: Type.Optional(day),
    suspended: Type.Optional(Type.Boolean({ description: 'By a dunning step; fees go on' })),
    cancellationReason: Type.Optional(text),
  },
  closed,
);

const balance = Type.Object(
  { subscriptionId: id, allowance: id, service: id, remaining: quantity, grantedOn: day, expiresOn: day },
  closed,
);
const credit = Type.Object({ subscriptionId: id, taxCategory: Type.String(), taxPercent: amount, amount }, closed);
const oneOffFee = Type.Object(
  {
    key: text,
    title: text,
    amount,
    chargedOn: day,
    fiscalCategory: Type.Optional(id),
    rule: id,
    at: Type.Object({ file: text, line: Type.Integer() }, closed),
    how: text,
  },
  { ...closed, description: 'A fee that a rule has charged once, outside any plan' },
);
const prepaid = Type.Object(
  {
    id,
    kind: Type.Enum(['paid', 'bonus']),
    amount,
    validFrom: instantAsEpochMs,
    expiresAt: Type.Optional(instantAsEpochMs),
  },
  { ...closed, description: 'Prepaid credit that is not used up, tax included' },
);
const begunSession = Type.Object(
  { source: id, session: id, upTo: quantity, durationMs: quantity, bytes: quantity, messages: quantity },
  { ...closed, description: 'What earlier cycles have charged of a session that goes on in this one' },
);
const openingLevel = Type.Object(
  { subscriptionId: id, service: id, level: Type.Integer() },
  { ...closed, description: 'Units of a service when the cycle opens' },
);
const committed = Type.Object({ commitment: id, from: day, until: day, charged: amount }, closed);
const pastCycle = Type.Object(
  {
    subscriptionId: id,
    from: day,
    until: day,
    usage: Type.Record(Type.String(), quantity),
    events: Type.Optional(Type.Record(Type.String(), quantity)),
    charges: amount,
  },
  closed,
);

const money = Type.Object({ amount, currency }, closed);
const granted = {
  id,
  subscriptionId: id,
  rule: id,
  title: text,
  at: Type.Object({ file: text, line: Type.Integer({ minimum: 1 }) }, closed),
};
const benefit = Type.Union([
  Type.Object(
    {
      ...granted,
      kind: Type.Literal('discount'),
      take: Type.Union([
        Type.Object({ kind: Type.Literal('percent'), percent: amount }, closed),
        Type.Object({ kind: Type.Literal('amount'), amount, currency }, closed),
      ]),
      off: Type.Union([
        Type.Object({ kind: Type.Literal('fee'), name: text }, closed),
        Type.Object({ kind: Type.Literal('all charges') }, closed),
      ]),
      cap: Type.Optional(money),
    },
    closed,
  ),
  Type.Object({ ...granted, kind: Type.Literal('allowance'), service: id, quantity }, closed),
]);

/** One account's cycle as JSON: what `ratebook bill` reads and `POST /v1/cycles/evaluate` takes. */
export const accountCycleSchema = Type.Object(
  {
    account,
    customer,
    subscriptions: Type.Array(subscription, { maxItems: 10_000 }),
    usage: Type.Array(usageEvent, {
      maxItems: 1_000_000,
    }),
    balances: Type.Array(balance, { maxItems: 100_000 }),
    credits: Type.Optional(Type.Array(credit, { maxItems: 100_000 })),
    creditPaidOut: Type.Optional(
      Type.Array(credit, {
        maxItems: 100_000,
        description: 'Of what the previous invoice left; `credits` are without it',
      }),
    ),
    oneOffFees: Type.Optional(Type.Array(oneOffFee, { maxItems: 10_000 })),
    told: Type.Optional(
      Type.Array(Type.Object({ rule: id, amount }, closed), {
        maxItems: 1000,
        description: 'What invoices issued this calendar year have told the customer of advantages',
      }),
    ),
    corrections: Type.Optional(correctionsSchema),
    benefits: Type.Optional(Type.Array(benefit, { maxItems: 10_000, description: 'What offers gave for this cycle' })),
    prepaid: Type.Optional(Type.Array(prepaid, { maxItems: 10_000 })),
    interim: Type.Optional(Type.Array(interimSchema, { maxItems: 10_000 })),
    sessions: Type.Optional(Type.Array(begunSession, { maxItems: 100_000 })),
    tooLate: Type.Optional(
      Type.Array(usageEvent, { maxItems: 100_000, description: 'Came later than its plan bills usage' }),
    ),
    levels: Type.Optional(Type.Array(openingLevel, { maxItems: 100_000 })),
    committed: Type.Optional(
      Type.Array(committed, {
        maxItems: 100_000,
        description: 'What past cycles count towards the commitments of the customer’s contracts',
      }),
    ),
    history: Type.Array(pastCycle, { maxItems: 100_000 }),
    bounds: Type.Object({ from: day, until: day, nextUntil: day }, { ...closed, description: 'Half-open local dates' }),
    unbilledFrom: Type.Optional({
      ...day,
      description: 'First day of the cycles right before this one whose bills were rejected',
    }),
  },
  {
    ...closed,
    $id: 'https://ratebook.example/account-cycle.schema.json',
    title: 'Ratebook account cycle',
    description: 'Everything that the bill of one billing account for one cycle depends on.',
  },
);

/** Input that does not fit, with every place at fault; a caller shows `message` or lists `faults`. */
export interface InputError extends Error {
  readonly faults: readonly InputFault[];
}

export function isInputError(error: unknown): error is InputError {
  return error instanceof Error && 'faults' in error;
}

/**
 * Reads an account's cycle from parsed JSON. Instants become epoch milliseconds.
 *
 * @throws InputError naming every place that is wrong.
 */
export function readAccountCycle(json: unknown): AccountCycle {
  if (!validator.Check(json)) throw inputError(faultsOf(validator.Errors(json)));
  const cycle = decoded(json);
  const faults = contradictions(cycle);
  if (faults.length > 0) throw inputError(faults);
  return cycle;
}

/** By hand, since instants are all there is to decode, and the validator's own way goes through every field of every event four times. */
function decoded({ usage, tooLate, prepaid, ...json }: StaticEncode<typeof accountCycleSchema>): AccountCycle {
  return {
    ...json,
    usage: usage.map(withInstant),
    ...(tooLate && { tooLate: tooLate.map(withInstant) }),
    ...(prepaid && {
      prepaid: prepaid.map(({ validFrom, expiresAt, ...credit }) => ({
        ...credit,
        validFrom: Date.parse(validFrom),
        ...(expiresAt !== undefined && { expiresAt: Date.parse(expiresAt) }),
      })),
    }),
  };
}

/** The evaluation as canonical JSON: keys sorted, two blanks deep, a line end last. Equal evaluations give equal bytes. */
export function printEvaluation({ rated: _, ...evaluation }: EvaluatedCycle): string {
  return `${JSON.stringify(evaluation, sortedKeys, 2)}\n`;
}

/** The published schema, byte for byte as the file beside this one holds it. */
export function printAccountCycleSchema(): string {
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...accountCycleSchema };
  return `${JSON.stringify(schema, null, 2).replace(shortList, onOneLine)}\n`;
}

/** Lists of plain values, which the formatter of this repository wants on one line where they fit. */
const shortList = /( *"\w+": )\[\n([^[\]{}]*?)\n *\]/g;

function onOneLine(whole: string, before: string, values: string): string {
  const line = `${before}[${values.trim().replace(/,\n */g, ', ')}]`;
  return line.length < 120 ? line : whole;
}

const validator = Compile(accountCycleSchema);

/** What a schema cannot say: things that must agree with each other. */
function contradictions(cycle: AccountCycle): readonly InputFault[] {
  const faults: InputFault[] = [];
  const { bounds, subscriptions, usage } = cycle;
  for (const part of ['account', 'customer'] as const) {
    if (!isZone(cycle[part].zone))
      faults.push({ pointer: `#/${part}/zone`, detail: 'must be an IANA time zone like Europe/Berlin' });
  }
  if (bounds.from >= bounds.until) faults.push({ pointer: '#/bounds/until', detail: 'must be after “from”' });
  if (bounds.until >= bounds.nextUntil) faults.push({ pointer: '#/bounds/nextUntil', detail: 'must be after “until”' });
  faults.push(...outOfOrder('#/account/changes', cycle.account.changes));
  for (const [index, { zone: other }] of (cycle.account.changes ?? []).entries())
    if (other !== undefined && !isZone(other))
      faults.push({
        pointer: `#/account/changes/${index}/zone`,
        detail: 'must be an IANA time zone like Europe/Berlin',
      });
  for (const [index, one] of subscriptions.entries())
    faults.push(
      ...outOfOrder(`#/subscriptions/${index}/planChanges`, one.planChanges),
      ...outOfOrder(`#/subscriptions/${index}/pauses`, one.pauses),
    );
  faults.push(
    ...repeated(subscriptions.map((one) => one.id)).map((index) => ({
      pointer: `#/subscriptions/${index}/id`,
      detail: 'is the id of an earlier subscription',
    })),
  );
  faults.push(
    ...repeated(usage.map((one) => `${one.source} ${one.id}`)).map((index) => ({
      pointer: `#/usage/${index}/id`,
      detail: 'is the id of an earlier event of the same source',
    })),
  );
  return faults.slice(0, 20);
}

/** What is dated stands in order, and ends before the next begins. */
function outOfOrder(
  at: string,
  dated: readonly { readonly from: string; readonly until?: string }[] = [],
): readonly InputFault[] {
  return dated.flatMap(({ from, until }, index) => {
    const pointer = `${at}/${index}`;
    const before = dated[index - 1];
    if (until !== undefined && until <= from) return [{ pointer: `${pointer}/until`, detail: 'must be after “from”' }];
    if (before && (before.from >= from || (before.until ?? '') > from))
      return [{ pointer: `${pointer}/from`, detail: 'must be after what stands before it' }];
    return [];
  });
}

/** Places of those that stood there before. */
function repeated(ids: readonly string[]): number[] {
  const seen = new Set<string>();
  const places: number[] = [];
  for (const [index, one] of ids.entries()) {
    if (seen.has(one)) places.push(index);
    seen.add(one);
  }
  return places;
}

function inputError(faults: readonly InputFault[]): InputError {
  const message = faults.map((fault) => `${fault.pointer} ${fault.detail}`).join('\n');
  return Object.assign(new Error(message), { faults });
}

function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

// The schema and the engine's model must say the same: these lines fail to compile when one of them changes alone.
type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;
type Decoded = Frozen<StaticDecode<typeof accountCycleSchema>>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const schemaMatchesModel: Same<Decoded, Frozen<AccountCycle>> = true;
void schemaMatchesModel;
