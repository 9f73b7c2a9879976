/** The figures behind an anomaly's sentence: for each measure that it names, what was found, what is usual, and the past. */
import type { EvidenceFigures } from './evidence-figures.ts';
import { chargesByCycle, usageByCycle } from './history-facts.ts';
import type { AccountCycle } from './model.ts';
import { roundToMinor } from './money.ts';
import type { Sentence } from './outcomes.ts';
import type { PastCycle } from './past-cycle.ts';
import type { Facts, ServiceDefinition } from './rule-set.ts';
import { inTime, type PastValue } from './usual.ts';

/** Cycles that are shown; the values that `usual` is worked out from. */
const shown = 12;

/**
 * A sentence names a measure by its use or its past: `{cycle.data}`, `{history.charges.usual}`, `{account.history.charges.usual}`.
 * Money is in the currency, everything else in base units; use in past cycles is told as if they had this cycle's length.
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
      .map((service) =>
        figures({
          measure: service.name,
          unit: unitOf(service, cycle.account.currency),
          found: facts[`cycle.${service.name}`],
          history: `history.${service.name}`,
          facts,
          past: usageByCycle(service.name, own, cycle.bounds),
          inWords: service.measure === 'value' ? (value) => money(value, cycle.account.currency) : whole,
        }),
      ),
  ];
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
    history: `${prefix}history.charges`,
    facts,
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
  readonly history: string;
  readonly facts: Facts;
  readonly past: readonly PastValue[];
  readonly inWords: (value: number) => string;
}

function figures({ measure, unit, found, history, facts, past, inWords }: Measured): EvidenceFigures {
  const known = facts[`${history}.usual.known`] === true;
  return {
    measure,
    unit,
    found: inWords(Number(found ?? 0)),
    ...(known && {
      usual: inWords(Number(facts[`${history}.usual`])),
      spread: inWords(Number(facts[`${history}.spread`])),
    }),
    past: [...past]
      .sort(inTime)
      .slice(-shown)
      .map(({ until, value }) => ({ on: until, value: inWords(value) })),
  };
}

function money(micro: number, currency: string): string {
  return roundToMinor({ n: BigInt(Math.round(micro)), d: 1_000_000n }, currency, 'half even');
}

function whole(value: number): string {
  return String(Math.round(value));
}
