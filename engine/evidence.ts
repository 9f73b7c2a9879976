/** The figures behind an anomaly's sentence: for each measure that it names, what was found, what is usual, and the past. */
import type { EvidenceFigures } from './evidence-figures.ts';
import { chargesByCycle, usageAsItWas, usageByCycle } from './history-facts.ts';
import type { AccountCycle } from './model.ts';
import { roundToMinor } from './money.ts';
import type { Sentence } from './outcomes.ts';
import type { PastCycle } from './past-cycle.ts';
import { daysIn } from './period.ts';
import type { Facts, ServiceDefinition } from './rule-set.ts';
import { inTime, type PastValue } from './usual.ts';

/** Cycles that are shown; the values that `usual` is worked out from. */
const shown = 12;

/**
 * A sentence names a measure by its use or its past: `{cycle.data}`, `{history.charges.usual}`, `{account.history.charges.usual}`.
 * Money is in the currency, everything else in base units. Use in past cycles is told by the numbers that the sentence is made of: as it was beside
 * its median or highest, as if the cycles had this one's length beside what is usual.
 */
export function figuresOf(
  because: Sentence,
  facts: Facts,
  cycle: AccountCycle,
  services: readonly ServiceDefinition[],
): readonly EvidenceFigures[] {
  const named = because.flatMap((part) => (typeof part === 'string' ? [] : [part.fact]));
  const subscriptionId = facts['subscription.id'];
  const own = cycle.history.filter((past) => subscriptionId === undefined || past.subscriptionId === subscriptionId);
  const ofAccount = named.some((fact) => fact.startsWith('account.history.charges.'));
  const charges = ofAccount || named.some((fact) => fact.startsWith('history.charges.'));
  return [
    ...(charges
      ? [chargeFigures(named, ofAccount ? 'account.' : '', facts, cycle, ofAccount ? cycle.history : own)]
      : []),
    ...services
      .filter(({ name }) => named.some((fact) => namesUse(fact, name)))
      .map((service) => useFigures(service, named, facts, cycle, own)),
  ];
}

function useFigures(
  service: ServiceDefinition,
  named: readonly string[],
  facts: Facts,
  { account, bounds }: AccountCycle,
  own: readonly PastCycle[],
): EvidenceFigures {
  const { name, measure } = service;
  const measured = {
    measure: name,
    unit: unitOf(service, account.currency),
    found: facts[`cycle.${name}`],
    inWords: measure === 'value' ? (value: number) => money(value, account.currency) : whole,
  };
  const isAsItWas = [`history.${name}.median`, `history.${name}.highest`].some((fact) => named.includes(fact));
  // What is usual is of cycles as long as this one, and would contradict the past as it was.
  if (isAsItWas) return figures({ ...measured, past: usageAsItWas(name, own) });
  const past = usageByCycle(name, own, bounds);
  return { ...figures({ ...measured, past, usual: usualIn(facts, `history.${name}`) }), ofDays: daysIn(bounds) };
}

function chargeFigures(
  named: readonly string[],
  prefix: '' | 'account.',
  facts: Facts,
  { account }: AccountCycle,
  history: readonly PastCycle[],
): EvidenceFigures {
  const beforeDiscounts = named.includes(`${prefix}cycle.charges`);
  return figures({
    measure: 'charges',
    unit: account.currency,
    found: facts[beforeDiscounts ? `${prefix}cycle.charges` : `${prefix}cycle.net`],
    usual: usualIn(facts, `${prefix}history.charges`),
    past: chargesByCycle(history),
    inWords: (value) => money(value, account.currency),
  });
}

function namesUse(fact: string, service: string): boolean {
  return [
    `cycle.${service}`,
    `history.${service}.usual`,
    `history.${service}.median`,
    `history.${service}.highest`,
  ].includes(fact);
}

function unitOf({ measure }: ServiceDefinition, currency: string): string {
  switch (measure) {
    case 'duration':
      return 'ms';
    case 'data':
      return 'bytes';
    case 'messages':
      return 'messages';
    case 'units':
      return 'units';
    case 'value':
      return currency;
  }
}

interface Measured {
  readonly measure: string;
  readonly unit: string;
  readonly found: Facts[string] | undefined;
  readonly usual?: { readonly usual: number; readonly spread: number } | undefined;
  readonly past: readonly PastValue[];
  readonly inWords: (value: number) => string;
}

function figures({ measure, unit, found, usual, past, inWords }: Measured): EvidenceFigures {
  return {
    measure,
    unit,
    found: inWords(Number(found ?? 0)),
    ...(usual && { usual: inWords(usual.usual), spread: inWords(usual.spread) }),
    past: [...past]
      .sort(inTime)
      .slice(-shown)
      .map(({ until, value }) => ({ on: until, value: inWords(value) })),
  };
}

/** Undefined as long as too few cycles are known. */
function usualIn(facts: Facts, history: string): Measured['usual'] {
  if (facts[`${history}.usual.known`] !== true) return undefined;
  return { usual: Number(facts[`${history}.usual`]), spread: Number(facts[`${history}.spread`]) };
}

function money(micro: number, currency: string): string {
  return roundToMinor({ n: BigInt(Math.round(micro)), d: 1_000_000n }, currency, 'half even');
}

function whole(value: number): string {
  return String(Math.round(value));
}
