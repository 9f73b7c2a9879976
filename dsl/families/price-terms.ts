/** What stands beside a price: increments, a set-up fee, bounds and rounding for each event; how tiers count. */
import type { RateOutcome, RoundingMode, TieredPrice } from '../../engine/outcomes.ts';
import type { ServiceDefinition } from '../../engine/rule-set.ts';
import { expectPositive, moneyToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { TermNode } from '../syntax/clauses.ts';
import { isUnit, units } from '../syntax/keywords.ts';
import type { Money } from '../syntax/tree.ts';
import { lowerPerEvent, measureOfService } from './price.ts';

export type PriceTerms = Pick<
  RateOutcome,
  'increments' | 'setUpFee' | 'setUpIfCharged' | 'minimum' | 'maximum' | 'rounded' | 'level'
>;
export type CountingTerms = Pick<TieredPrice, 'countsCovered' | 'perAccount'>;

export const roundings: readonly string[] = [
  'half even',
  'half up',
  'half down',
  'up',
  'down',
] satisfies readonly RoundingMode[];

/** Undefined if something has been reported. `counting` is for tiers; nothing else counts. */
export function lowerTerms(
  terms: readonly TermNode[],
  service: ServiceDefinition,
  scene: Scene,
  tiered: boolean,
): { readonly price: PriceTerms; readonly counting: CountingTerms } | undefined {
  const twice = terms.find((term, index) => terms.findIndex(({ kind }) => kind === term.kind) < index);
  if (twice) {
    scene.report('repeated-clause', twice.span, `\`${twice.kind}\` stands here a second time`, 'keep one of the two');
    return undefined;
  }
  const stray = terms.find(({ kind }) => (kind === 'at the level') !== (service.measure === 'units'));
  if (stray) return reportStray(stray, service, scene);
  let price: PriceTerms = {};
  let counting: CountingTerms = {};
  for (const term of terms) {
    const counted = countingTerms[term.kind];
    if (counted && !tiered) return reportUntiered(term, scene);
    const lowered = lowerTerm(term, service, scene);
    if (!lowered) return undefined;
    price = { ...price, ...lowered };
    counting = { ...counting, ...counted };
  }
  return areBoundsCrossed(terms, scene) ? undefined : { price, counting };
}

const countingTerms: Partial<Record<TermNode['kind'], CountingTerms>> = {
  'counting all usage': { countsCovered: true },
  'per account': { perAccount: true },
};

function lowerTerm(term: TermNode, service: ServiceDefinition, scene: Scene): PriceTerms | undefined {
  switch (term.kind) {
    case 'by':
      return lowerIncrements(term, service, scene);
    case 'plus': {
      const setUpFee = lowerPerEvent(term.price, 'a set-up fee', scene);
      if (setUpFee === undefined) return undefined;
      return { setUpFee, ...(term.ifCharged && { setUpIfCharged: true as const }) };
    }
    case 'at least': {
      const minimum = lowerPerEvent(term.price, 'a minimum charge', scene);
      return minimum === undefined ? undefined : { minimum };
    }
    case 'at most': {
      const maximum = lowerPerEvent(term.price, 'a maximum charge', scene);
      return maximum === undefined ? undefined : { maximum };
    }
    case 'rounded':
      return lowerRounding(term, scene);
    case 'at the level':
      return term.which === 'average' ? {} : { level: term.which };
    case 'counting all usage':
    case 'per account':
      return {};
  }
}

function lowerIncrements(
  { first, next, span }: Extract<TermNode, { readonly kind: 'by' }>,
  service: ServiceDefinition,
  { report }: Scene,
): PriceTerms | undefined {
  const measure = measureOfService(service);
  if (measure === 'money') {
    report('wrong-unit', span, `${service.name} is measured in value, which has no increments`, 'leave this out');
    return undefined;
  }
  const what = `an increment of ${service.name}`;
  const step = expectPositive(first, measure, what, report);
  const further = next === first ? step : expectPositive(next, measure, what, report);
  return step === undefined || further === undefined ? undefined : { increments: { first: step, next: further } };
}

function lowerRounding(
  { mode, decimals, per }: Extract<TermNode, { readonly kind: 'rounded' }>,
  { report }: Scene,
): PriceTerms | undefined {
  const digits = Number(decimals.text);
  if (!roundings.includes(mode.text)) {
    const help = `write one of: ${roundings.join(', ')}`;
    report('unexpected-word', mode.span, `\`${mode.text}\` is no way to round`, help);
  } else if (!Number.isInteger(digits) || digits > mostDecimals) {
    const fault = `nothing is rounded to ${decimals.text} decimals`;
    report('unexpected-word', decimals.span, fault, `write a whole number up to ${mostDecimals}`);
  } else if (!isUnit(per.text) || units[per.text].measures !== 'count') {
    report('wrong-unit', per.span, `a charge is not rounded per ${per.text}`, 'write it `per call`');
  } else return { rounded: { mode: mode.text as RoundingMode, decimals: digits } };
  return undefined;
}

const mostDecimals = 6;

function areBoundsCrossed(terms: readonly TermNode[], { report }: Scene): boolean {
  const bound = (wanted: 'at least' | 'at most') =>
    terms.flatMap((term) => (term.kind === wanted ? [{ ...term.price.amount, at: term.span }] : []))[0];
  const [least, most] = [bound('at least'), bound('at most')];
  const micro = (money: Money) => moneyToBase(money, report) ?? 0;
  if (!least || !most || micro(least) <= micro(most)) return false;
  report(
    'crossed-bounds',
    most.at,
    `nothing costs at least ${least.amount} and at most ${most.amount} ${most.currency.text}`,
    'write the larger amount after `at most`',
  );
  return true;
}

/** A level is no event: nothing is due for one, and nothing else has a level. */
function reportStray({ kind, span }: TermNode, { name, measure }: ServiceDefinition, { report }: Scene): undefined {
  report(
    'misplaced-clause',
    span,
    measure === 'units' ? `\`${kind}\` is said of events, and ${name} is a level` : `${name} has no level`,
    measure === 'units' ? 'leave it out, or say which level is charged: `at the highest level`' : 'leave it out',
  );
}

function reportUntiered({ kind, span }: TermNode, { report }: Scene): undefined {
  report(
    'misplaced-clause',
    span,
    `\`${kind}\` says how tiers count, and this price has none`,
    'write it after `graduated per cycle` or `volume per cycle`',
  );
}
