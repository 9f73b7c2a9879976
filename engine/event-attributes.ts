/** Facts of events that analysts declared: `declare fact event.cell text` reads the attribute `cell` of each usage event. */
import { declaredFacts, mustBeKnown } from './declared-facts.ts';
import { defaultValue } from './derive.ts';
import { exceptionOf } from './exceptions.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Exception, UsageEvent } from './model.ts';
import { onceOf } from './once-of.ts';
import type { FactDefinition, FactType, FactValue } from './rule-set.ts';
import { eventKey } from './usage.ts';
import type { AttributeValue } from './usage-details.ts';

export interface AttributeFact {
  readonly definition: FactDefinition;
  readonly attribute: string;
  readonly known: string;
}

/** Asked for every portion, of one rule set. */
export const attributeFacts = onceOf((rules: LoadedRuleSet): readonly AttributeFact[] =>
  declaredFacts(rules)
    .filter(({ scope }) => scope === 'event')
    .map((definition) => ({
      definition,
      attribute: definition.name.replace(/^event\./, ''),
      known: `${definition.name}.known`,
    })),
);

/** The value of the event that rules decide on now, in place of the one before. */
export function fillAttribute(
  sheet: Record<string, FactValue>,
  event: UsageEvent,
  { definition: { name, type, optional }, attribute, known }: AttributeFact,
): void {
  const value = fitting(event.attributes?.[attribute], type);
  sheet[name] = value ?? defaultValue(type);
  if (optional) sheet[known] = value !== undefined;
}

/** One exception for each fact that a rule reads, that is never missing, and that some event lacks or says in a way that does not fit. */
export function missingAttributes(cycle: AccountCycle, rules: LoadedRuleSet): readonly Exception[] {
  return attributeFacts(rules).flatMap(({ definition, attribute }) => {
    const { name, type } = definition;
    if (cycle.stated?.[name] !== undefined || !mustBeKnown(definition, rules)) return [];
    const [first, ...more] = cycle.usage.filter((event) => fitting(event.attributes?.[attribute], type) === undefined);
    if (!first) return [];
    const others = more.length === 0 ? '' : `, nor of ${more.length} more`;
    const evidence = `"${name}" is not known of event ${first.id} of ${first.source}${others}.`;
    return [exceptionOf('missing-fact', eventKey(first), evidence, { object: 'event' })];
  });
}

/** Undefined if the attribute is absent, or is no value of the type. Numbers are whole: facts are in base units. */
function fitting(value: AttributeValue | undefined, type: FactType): FactValue | undefined {
  switch (type.kind) {
    case 'text':
    case 'phone':
    case 'network':
      return typeof value === 'string' ? value : undefined;
    case 'enum':
      return typeof value === 'string' && type.values.includes(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'list':
    case 'items':
      return undefined;
    default:
      return Number.isSafeInteger(value) ? value : undefined;
  }
}
