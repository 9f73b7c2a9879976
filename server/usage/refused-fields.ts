import type { QuarantineReason } from './quarantine-reasons.ts';
import { longestRaw } from './store-usage.ts';
import { formatNamed, type UsageFormat } from './usage-formats.ts';

/** A refused line as it came, for a person who is to see what is wrong with it. */
export interface RefusedRecord {
  readonly format: string;
  readonly raw: string;
  readonly reason: QuarantineReason;
}

export interface RefusedField {
  readonly name: string;
  readonly text: string;
  /** It is why the line was refused, or may be. */
  readonly faulty: boolean;
}

/** The fields of a refused line, those at fault marked; null if it cannot be told apart into fields. */
export function refusedFields(
  known: { readonly services: ReadonlySet<string>; readonly formats?: readonly UsageFormat[] },
  { format: name, raw, reason }: RefusedRecord,
): readonly RefusedField[] | null {
  const format = formatNamed(name, known.formats);
  if (!format || raw.length >= longestRaw) return null;
  const faulty = atFault[reason] ?? faultOf(format.decode(raw, known.services));
  const fields = format.fieldsOf(raw);
  return (
    fields?.map(({ name, text, says }) => ({ name, text, faulty: says.some((said) => faulty.includes(said)) })) ?? null
  );
}

/** Reasons that say themselves which field of the usage event it is; of the others, decoding the line again does. */
const atFault: Readonly<Partial<Record<QuarantineReason, readonly string[]>>> = {
  'unknown-subscriber': ['msisdn', 'imsi', 'subscription'],
  'torn-subscriber': ['msisdn', 'imsi', 'subscription'],
  'unknown-service': ['service'],
  'unknown-direction': ['direction'],
  'bad-instant': ['startAt'],
  'too-old': ['startAt'],
  'other-source': ['source'],
};

function faultOf(decoded: ReturnType<UsageFormat['decode']>): readonly string[] {
  return decoded.kind === 'refused' && decoded.field !== undefined ? [decoded.field] : [];
}
