/** Advantages: what is told with the invoice about what the customer may claim elsewhere for a line of it. */
import type { AdvantageOutcome } from '../../engine/outcomes.ts';
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { expectPositiveMoney, percentToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { Report } from '../diagnostic.ts';
import type { TellClause } from '../syntax/clauses.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import { knownMessage } from './engagement.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { clauseOf, clausesOf } from './shapes.ts';

export function compileAdvantage(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { clauses } = placed.sentence;
  const tell = clauseOf(clauses, 'tell');
  const also = circumstances(clauses, placed, book);
  if (!tell || !also) return undefined;
  const scene: Scene = { book, report: placed.report, scope: 'line', billed: true, stage: 'done' };
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), scene, also);
  const message = knownMessage(tell.message, book, placed.report);
  if (!conditions || message === undefined || !checkTell(tell, placed.report)) return undefined;
  const { cap, see } = tell;
  const outcome: AdvantageOutcome = {
    kind: 'advantage',
    percent: tell.percent.number,
    of: 'line.net',
    ...(cap && { cap: { amount: cap.money.amount, currency: cap.money.currency.text } }),
    ...(see && { see: see.text }),
    sends: [{ message, to: ['customer'], oncePer: 'invoice' }],
  };
  return {
    ...draftOf(placed),
    set: 'advantage',
    family: 'advantage',
    policy: 'all',
    scope: 'line',
    conditions,
    outcome,
  };
}

function checkTell({ percent, of, cap, see }: TellClause, report: Report): boolean {
  if (percentToBase(percent, report) === undefined) return false;
  if (Number(percent.number) > 100) {
    report('too-large', percent.span, 'an advantage is not more than the line costs', 'write a percentage up to 100%');
    return false;
  }
  if (of.name !== 'line.net') {
    report('wrong-type', of.span, 'an advantage is a part of what a line costs', 'write `of line.net`');
    return false;
  }
  if (cap && cap.per.text !== 'year') {
    report('wrong-unit', cap.per.span, 'an advantage is capped over a calendar year', 'write `per year`');
    return false;
  }
  if (cap && expectPositiveMoney(cap.money, 'a cap', report) === undefined) return false;
  if (!see || /^https?:\/\/[^\s/]+\S*$/.test(see.text)) return true;
  report('wrong-type', see.span, 'this is no link', 'write the whole address: "https://…"');
  return false;
}
