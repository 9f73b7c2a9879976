/** Facts that exist once for each service, and those that exist for everything whose past is known. */
import type { FactDefinition, FactType, Scope, ServiceDefinition } from './rule-set.ts';

/** The kind of amount that a service is measured in. */
export function kindOfMeasure(measure: ServiceDefinition['measure']): 'duration' | 'data' | 'count' | 'money' {
  switch (measure) {
    case 'messages':
    case 'units':
      return 'count';
    case 'value':
      return 'money';
    default:
      return measure;
  }
}

/** Facts that exist once for each service: usage this cycle and the customer's own history of it. */
export function serviceFacts(service: ServiceDefinition): readonly FactDefinition[] {
  const type = { kind: kindOfMeasure(service.measure) };
  return [
    {
      name: `cycle.${service.name}`,
      type,
      scope: 'subscription',
      doc: `Use of ${service.name} this cycle, free or charged.`,
    },
    {
      name: `history.${service.name}.median`,
      type,
      scope: 'subscription',
      doc: `Median use of ${service.name} in the past cycles.`,
      optional: true,
    },
    {
      name: `history.${service.name}.highest`,
      type,
      scope: 'subscription',
      doc: `Highest use of ${service.name} in a past cycle.`,
      optional: true,
    },
    ...usualDefinitions(`history.${service.name}`, type, 'subscription', `use of ${service.name} in a cycle`),
    {
      name: `cycle.${service.name}.events`,
      type: { kind: 'count' },
      scope: 'subscription',
      doc: `How often ${service.name} was used this cycle.`,
    },
    ...usualDefinitions(
      `history.${service.name}.events`,
      { kind: 'count' },
      'subscription',
      `number of uses of ${service.name} in a cycle`,
    ),
  ];
}

/** What is usual by the own past, and how far one cycle is from another; `usual.ts` says how they are worked out. */
export function usualDefinitions(name: string, type: FactType, scope: Scope, of: string): readonly FactDefinition[] {
  return [
    { name: `${name}.usual`, type, scope, doc: `Usual ${of}, seasons considered.`, optional: true },
    { name: `${name}.spread`, type, scope, doc: `Robust spread of the ${of}.`, optional: true },
  ];
}
