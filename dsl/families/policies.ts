/** What a plan says where billing systems differ: settings, each with a default, in one clause. */
import type { TieredPrice } from '../../engine/outcomes.ts';
import type { Policies } from '../../engine/policies.ts';
import type { Book, Placed } from '../check/book.ts';
import { expectPositive } from '../check/quantities.ts';
import type { Report } from '../diagnostic.ts';
import type { PlanSentence } from '../syntax/sentences.ts';
import type { PolicyClause, PolicySetting } from '../syntax/term-clauses.ts';
import type { RuleDraft } from './rule.ts';
import { clauseOf } from './shapes.ts';

const meanings: Readonly<Record<string, Policies>> = {
  'cancellation day free': { cancellationDay: 'free' },
  'cancellation day billed': { cancellationDay: 'billed' },
  'plan change day by new plan': { planChangeDay: 'new plan' },
  'plan change day by old plan': { planChangeDay: 'old plan' },
  'tier bound in lower tier': { tierBound: 'lower tier' },
  'tier bound in higher tier': { tierBound: 'higher tier' },
  'first tier fee with usage': { firstTierFee: 'with usage' },
  'first tier fee always': { firstTierFee: 'always' },
  'late usage corrects its bill': { lateUsage: { billedBy: 'own cycle' } },
  'late usage billed in the next cycle': { lateUsage: { billedBy: 'next cycle' } },
};

const subjects: Readonly<Record<keyof Policies, string>> = {
  cancellationDay: 'whether the day of a cancellation is billed',
  planChangeDay: 'which plan bills the day of a plan change',
  tierBound: 'which tier a bound belongs to',
  firstTierFee: 'when the fee of the first tier is due',
  lateUsage: 'what becomes of late usage',
};

/** Said by the plan or by those that it is like, the nearest first; empty where none says any. */
export function policiesOf(placed: Placed<PlanSentence>, book: Book): Policies | 'refused' {
  const clause = clauseOf(placed.sentence.clauses, 'policy');
  const own = clause ? lower(clause, placed) : {};
  const { like } = placed.sentence;
  const base = like && book.plans.get(like.text)?.at(-1);
  const inherited = base ? policiesOf(base, book) : {};
  return own === 'refused' || inherited === 'refused' ? 'refused' : { ...inherited, ...own };
}

/** What a price in tiers must know of the policies of its plan. */
export function withPolicies(rules: readonly RuleDraft[], policies: Policies, book: Book): readonly RuleDraft[] {
  return rules.map((rule) => {
    const { outcome } = rule;
    if (outcome.kind !== 'rate' || !('tiers' in outcome.price)) return rule;
    const isCounted = outcome.price.counts === 'events' || book.services.get(serviceOf(rule))?.measure === 'messages';
    return { ...rule, outcome: { ...outcome, price: tiered(outcome.price, policies, isCounted) } };
  });
}

function tiered(price: TieredPrice, { tierBound, firstTierFee }: Policies, isCounted: boolean): TieredPrice {
  const isHigher = tierBound === 'higher tier';
  // What is cut to the last byte has nothing at a bound; of what is counted, the one that comes to it has.
  const tiers =
    isHigher && isCounted && price.kind === 'graduated'
      ? price.tiers.map((tier) => (tier.upTo === undefined ? tier : { ...tier, upTo: tier.upTo - 1 }))
      : price.tiers;
  return {
    ...price,
    ...(isHigher && price.kind === 'volume' && { boundIn: 'higher tier' as const }),
    ...(firstTierFee === 'always' && { firstFeeDue: firstTierFee }),
    tiers,
  };
}

/** `rate:flex.sms`. */
function serviceOf({ set }: RuleDraft): string {
  return set.slice(set.lastIndexOf('.') + 1);
}

function lower({ settings: said }: PolicyClause, { report }: Placed): Policies | 'refused' {
  let policies: Policies = {};
  for (const { text, span, within } of said) {
    const setting = limited(meanings[text] ?? {}, within, report);
    if (setting === 'refused') return 'refused';
    const again = Object.keys(setting).find((key): key is keyof Policies => key in policies);
    if (again) {
      report('repeated-clause', span, `this says a second time ${subjects[again]}`, 'keep one of the two');
      return 'refused';
    }
    policies = { ...policies, ...setting };
  }
  return policies;
}

function limited(
  { lateUsage, ...setting }: Policies,
  within: PolicySetting['within'],
  report: Report,
): Policies | 'refused' {
  if (!lateUsage) return setting;
  if (!within) return { lateUsage };
  const withinCycles = expectPositive(within, 'cycles', 'how late usage may be', report);
  return withinCycles === undefined ? 'refused' : { lateUsage: { ...lateUsage, withinCycles } };
}
