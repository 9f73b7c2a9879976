/** The compiler of each family of rules; plans, tables, calendars and tests are not rules by themselves. */
import type { Book, Placed } from '../check/book.ts';
import type { RuleKind, RuleSentence } from '../syntax/sentences.ts';
import { compileAdvantage } from './advantage.ts';
import { compileAnomaly } from './anomaly.ts';
import { compileDiscount } from './discount.ts';
import { compileNotify } from './notify.ts';
import { compileOffer } from './offer.ts';
import type { RuleDraft } from './rule.ts';
import { compileSchedule } from './schedule.ts';
import { compileSegment } from './segment.ts';
import { compileTax } from './tax.ts';

type Compiler = (placed: Placed<RuleSentence>, book: Book) => RuleDraft | readonly RuleDraft[] | undefined;

const compilers: Readonly<Record<RuleKind, Compiler>> = {
  discount: compileDiscount,
  tax: compileTax,
  advantage: compileAdvantage,
  anomaly: compileAnomaly,
  segment: compileSegment,
  offer: compileOffer,
  remind: compileSchedule,
  dunning: compileSchedule,
  notify: compileNotify,
};

/** The rules that one sentence stands for; none if something has been reported. */
export function compileRule(placed: Placed<RuleSentence>, book: Book): readonly RuleDraft[] {
  return [compilers[placed.sentence.kind](placed, book) ?? []].flat();
}
