/** What the compiler proves of offers that messages bring along: there is one as long as the message goes out. */
import type { RuleDraft } from '../families/rule.ts';
import { type Case, casesOf, type View } from './cases.ts';
import { describeCase } from './examples.ts';
import { coverageOf } from './gaps.ts';
import { sendsOf } from './sends.ts';

/** For what purposes a rule brings the best offer along. */
export function purposesOf({ outcome }: RuleDraft): readonly string[] {
  const purposes = sendsOf(outcome).flatMap((send) => (send.with?.kind === 'best offer' ? [send.with.purpose] : []));
  return [...new Set(purposes)];
}

/** `offers` are all for the purpose. An offer whose days end leaves the message without one; before the first begins, none is missed. */
export function provePromise(rule: RuleDraft, purpose: string, offers: readonly RuleDraft[], view: View): void {
  const days = offers.flatMap((offer) => casesOf(offer.conditions, view).map(onlyDays));
  const first = Math.min(...days.map(startOf));
  for (const within of casesOf(rule.conditions, view).map((one) => since(first, onlyDays(one)))) {
    const coverage = coverageOf(days, view, within);
    if (coverage.kind !== 'gap') continue;
    rule.origin.report(
      'offer-ends-early',
      rule.origin.node.span,
      `no offer for \`${purpose}\` is in force where ${describeCase(coverage.example, view)}, and this rule still brings one along`,
      'let one of the offers go on, or end this rule with them: `until …`',
    );
    return;
  }
}

function onlyDays({ limits }: Case): Case {
  const days = limits.get('date');
  return { limits: new Map(days ? [['date', days]] : []), opaque: false };
}

function startOf({ limits }: Case): number {
  const days = limits.get('date');
  return days?.kind === 'range' ? days.low : -Infinity;
}

function since(first: number, { limits, opaque }: Case): Case {
  const days = limits.get('date');
  if (!Number.isFinite(first) || (days?.kind === 'range' && days.low >= first)) return { limits, opaque };
  const range = days?.kind === 'range' ? days : { high: Infinity, highOpen: false };
  const { high, highOpen } = range;
  return {
    limits: new Map([['date', { kind: 'range', low: first, lowOpen: false, high, highOpen, whole: true }]]),
    opaque,
  };
}
