/** Which titles the lines of a bill can have, and the fees of steps: what a test may name. */
import type { RateOutcome } from '../../engine/outcomes.ts';
import { fixedTitles, includedTitle, tierTitle, usageTitle } from '../../engine/titles.ts';
import type { RuleDraft } from '../families/rule.ts';
import type { Book } from './book.ts';
import { serviceOf, stepFeesOf, type Titled } from './titles.ts';

/** Enters them into the book, each once. */
export function enterLineTitles({ plans, contracts, rules }: Titled, { lineTitles, stepFees, services }: Book): void {
  const enter = (titles: Iterable<string>) => {
    for (const title of titles) lineTitles.add(title);
  };
  enter(Object.values(fixedTitles));
  for (const { fees, allowances, minimums = [] } of [...plans, ...contracts]) {
    enter(fees.map(({ name }) => name));
    enter(allowances.map(({ title }) => includedTitle(title)));
    enter(minimums.map(({ title }) => title));
  }
  for (const { commitments } of contracts) enter(commitments.map(({ title }) => title));
  for (const rule of rules) {
    enter(titlesOf(rule, services));
    for (const title of stepFeesOf(rule)) stepFees.add(title);
  }
}

function titlesOf(rule: RuleDraft, services: Book['services']): readonly string[] {
  const { name, outcome } = rule;
  const title = rule.title ?? withoutDay(name);
  switch (outcome.kind) {
    case 'rate': {
      const service = serviceOf(name);
      const isLevel = services.get(service)?.measure === 'units';
      const ofUse = rule.title ?? usageTitle(name, service);
      return isLevel ? [ofUse] : titlesOfRate(ofUse, outcome);
    }
    case 'discount':
      return [title];
    case 'offer':
      // What it gives is a discount, or usage that is included.
      return [title, includedTitle(title)];
    default:
      // The fee of a step becomes a line of the next bill.
      return stepFeesOf(rule);
  }
}

/** Each tier of use that is charged by itself has a line of its own; by volume there is one tier for all, and a level has one line. */
function titlesOfRate(title: string, { price }: RateOutcome): readonly string[] {
  return price.kind === 'graduated' ? price.tiers.map((_, index) => tierTitle(title, index + 1)) : [title];
}

/** A test names a rule without the day of its version. */
function withoutDay(rule: string): string {
  return rule.replace(/@\d{4}-\d{2}-\d{2}$/, '');
}
