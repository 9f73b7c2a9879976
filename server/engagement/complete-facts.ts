import { defaultValue } from '../../engine/derive.ts';
import type { LoadedSet } from '../../engine/load.ts';
import type { FactDefinition, Facts, FactValue, Item } from '../../engine/rule-set.ts';

/** A fact that a decision reads and that has no value, or one of another type. */
export interface FactFault {
  readonly fact: string;
  readonly detail: string;
}

/**
 * Gives every optional fact its `.known`; one that is missing has a neutral value that no rule can mistake for a real
 * one, because its guard is false.
 *
 * @param definitions the rule set's facts.
 */
export function withKnown(facts: Facts, definitions: readonly FactDefinition[]): Facts {
  const complete: Record<string, FactValue> = { ...facts };
  for (const { name, type, optional } of definitions) {
    if (optional !== true) continue;
    complete[`${name}.known`] = complete[name] !== undefined;
    complete[name] ??= defaultValue(type);
  }
  return complete;
}

/** What a decision set lacks in facts that are complete otherwise. */
export function factFaults(
  set: LoadedSet,
  facts: Facts,
  definitions: ReadonlyMap<string, FactDefinition>,
): readonly FactFault[] {
  return set.inputs.flatMap((fact) => {
    const detail = faultOf(facts[fact], definitions.get(fact));
    return detail === undefined ? [] : [{ fact, detail }];
  });
}

function faultOf(value: FactValue | undefined, definition: FactDefinition | undefined): string | undefined {
  const doc = definition === undefined ? '' : ` (${definition.doc})`;
  if (value === undefined) return `is required and missing${doc}`;
  if (definition === undefined) return undefined;
  const wanted = typeOf(defaultValue(definition.type));
  if (typeOf(value) !== wanted) return `must be a ${wanted}${doc}`;
  if (amountsOf(value, definition).some((amount) => !Number.isSafeInteger(amount)))
    return `is larger than rules can see, which is up to ${largestAmount}${doc}`;
  return typeof value === 'number' && !Number.isSafeInteger(value) ? 'must be a whole number of base units' : undefined;
}

/** The largest amount whose micro-currency a number holds exactly: `Number.MAX_SAFE_INTEGER` of it. */
const largestAmount = '9007199254.740991';

/** In micro-currency. */
function amountsOf(value: FactValue, { type }: FactDefinition): readonly number[] {
  if (type.kind === 'money' && typeof value === 'number') return [value];
  return type.kind === 'items' ? (value as readonly Item[]).map(({ price }) => price) : [];
}

function typeOf(value: FactValue): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
