import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import Format from 'typebox/format';
import { Settings } from 'typebox/system';
import { amountPattern, isDay } from './outside-values.ts';

// A union is checked member by member: with the eight faults that are looked for by default, those of the member that is meant may be missing.
Settings.Set({ maxErrors: 1_000 });
// TypeBox knows the days of RFC 3339, which begin in the year 0: such a one fails in the database, where its field is known no more.
Format.Set('date', isDay);

/** One fault in data that came from outside: where it is and what is wrong with it. */
export interface InputFault {
  /** RFC 6901 JSON pointer into the data, as a URI fragment (`#/0/data/orderId`). */
  readonly pointer: string;
  readonly detail: string;
}

/** What a schema validator says about one fault; Fastify and TypeBox agree on it. */
export interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: object;
  readonly message?: string | undefined;
}

const mostFaults = 20;

/** A check of unknown data against a schema, compiled once. An empty list means that the data fits. */
export function compileCheck(schema: TSchema): (data: unknown, at?: string) => readonly InputFault[] {
  const validator = Compile(schema);
  return (data, at = '') => (validator.Check(data) ? [] : faultsOf(validator.Errors(data), at));
}

/**
 * Says a validator's findings in words, one per place, with the field that lacks or exceeds named in the pointer.
 * At most 20: whoever gets more has sent something else altogether.
 */
export function faultsOf(errors: readonly SchemaFault[], at = ''): readonly InputFault[] {
  const faults = ofMembersMeant(errors).flatMap((error) => faultOf(error, at));
  const seen = new Set<string>();
  const first = faults.filter((fault) => !seen.has(fault.pointer) && seen.add(fault.pointer));
  return first.slice(0, mostFaults);
}

/** An instant as RFC 3339 text with its offset; without one it would be anybody's guess. */
export const instantText = Type.String({
  format: 'date-time',
  description: 'RFC 3339 instant with offset, e.g. 2026-06-16T09:00:00+02:00',
});

/** A member of a union whose literal, mostly its `kind`, is not the one that stands in the data. */
interface OtherMember {
  /** Schema path of the union, and of the member. */
  readonly union: string;
  readonly member: string;
  /** Instance path of what should be a member, and of the literal. */
  readonly instance: string;
  readonly literal: string;
  readonly value: unknown;
}

/** Of a union, only the faults of the member that is meant; if none is, which there are. */
function ofMembersMeant(errors: readonly SchemaFault[]): readonly SchemaFault[] {
  const wrong = errors.flatMap(otherMember);
  // What stands in a member that is not meant tells of no union of its own.
  const others = wrong.filter((one) => !wrong.some((outer) => outer.member !== one.member && isInside(one, outer)));
  const meant = errors.filter((error) => !others.some(({ member, instance }) => isWithin(error, member, instance)));
  const unknown = others.filter(
    ({ union, instance }) => !meant.some((error) => isWithin(error, `${union}/anyOf`, instance)),
  );
  const told = new Map(unknown.map((one) => [one.literal, one]));
  const choices = [...told.values()].map(
    ({ union, literal }): SchemaFault => ({
      keyword: 'enum',
      schemaPath: union,
      instancePath: literal,
      params: {
        allowedValues: unknown
          .filter((one) => one.union === union && one.literal === literal)
          .map(({ value }) => value),
      },
    }),
  );
  // That no member fits says nothing more.
  return [...meant.filter(({ keyword }) => keyword !== 'anyOf'), ...choices];
}

function otherMember({ keyword, schemaPath, instancePath, params }: SchemaFault): OtherMember[] {
  const [, member, union, property = ''] = /^((.*)\/anyOf\/\d+)(\/properties\/[^/]+)?$/.exec(schemaPath) ?? [];
  if (keyword !== 'const' || member === undefined || union === undefined) return [];
  const instance = property === '' ? instancePath : instancePath.slice(0, instancePath.lastIndexOf('/'));
  return [
    { union, member, instance, literal: instancePath, value: (params as { allowedValue?: unknown }).allowedValue },
  ];
}

function isInside({ member, literal }: OtherMember, outer: OtherMember): boolean {
  return isWithin({ schemaPath: member, instancePath: literal }, outer.member, outer.instance);
}

function isWithin(
  { schemaPath, instancePath }: Pick<SchemaFault, 'schemaPath' | 'instancePath'>,
  schema: string,
  instance: string,
): boolean {
  return (
    (schemaPath === schema || schemaPath.startsWith(`${schema}/`)) &&
    (instancePath === instance || instancePath.startsWith(`${instance}/`))
  );
}

function faultOf(error: SchemaFault, at: string): InputFault[] {
  const pointer = `#${at}${error.instancePath}`;
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required':
      return texts(params.requiredProperties ?? params.missingProperty).map((name) => ({
        pointer: `${pointer}/${name}`,
        detail: 'is required and missing',
      }));
    case 'additionalProperties':
      return texts(params.additionalProperties ?? params.additionalProperty).map((name) => ({
        pointer: `${pointer}/${name}`,
        detail: 'is not a field that is known here',
      }));
    case 'enum':
      return [{ pointer, detail: `must be one of ${texts(params.allowedValues).join(', ')}` }];
    // TypeBox reports an unknown field twice, once as the schema `false`.
    case 'boolean':
      return [{ pointer, detail: 'is not a field that is known here' }];
    case 'type':
      return [{ pointer, detail: `must be of type ${texts(params.type).join(' or ')}` }];
    case 'format':
      return [{ pointer, detail: formatWords(String(params.format)) }];
    case 'pattern':
      return [{ pointer, detail: patternWords(String(params.pattern)) }];
    case 'minLength':
      return [
        { pointer, detail: params.limit === 1 ? 'must not be empty' : `must have ${params.limit} characters or more` },
      ];
    case 'maxLength':
      return [{ pointer, detail: `must have ${params.limit} characters or less` }];
    default:
      return [{ pointer, detail: error.message ?? `breaks the rule “${error.keyword}”` }];
  }
}

function formatWords(format: string): string {
  if (format === 'date') return 'must be a date like 2026-06-16';
  if (format === 'date-time') return 'must be an instant with its offset, like 2026-06-16T09:00:00+02:00';
  return `must be a valid ${format}`;
}

/** Whoever fills in a field reads how it is written, not the expression that checks it. */
function patternWords(pattern: string): string {
  const known = patterns.find(([source]) => source === pattern);
  return `must be ${known?.[1] ?? `written like the pattern ${pattern}`}`;
}

const patterns: readonly (readonly [pattern: string, words: string])[] = [
  ['\\S', 'more than blanks'],
  ['^[A-Z]{2}$', 'two capital letters, like DE'],
  ['^[A-Z]{3}$', 'three capital letters, like EUR'],
  ['^[a-z]{2}$', 'two small letters, like de'],
  ['^\\+[1-9]\\d{1,14}$', 'a telephone number with plus and country code, like +491701234567'],
  ['^\\+[1-9]\\d{4,14}$', 'a telephone number with plus and country code, like +491701234567'],
  ['^(\\+?\\d{1,20})?$', 'a telephone number like +491701234567, a short number, or empty'],
  ['^(\\d{5,6})?$', 'the five or six digits of a network, like 26201, or empty'],
  [amountPattern, 'an amount as text, like "12.50"'],
  ['^-?\\d{1,15}(\\.\\d{1,6})?$', 'an amount as text, like "12.50"'],
  ['^[a-z][a-z0-9_-]{0,39}$', 'a name in small letters, like stripe'],
  ['^[A-Z]{2}\\d{2}[A-Z0-9]{10,30}$', 'an IBAN without blanks, like DE02120300000000202051'],
  ['^application/json', 'application/json'],
];

function texts(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
