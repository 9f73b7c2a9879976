/** Taxes: exactly one fits each line. */
import type { RoundingMode } from '../../engine/outcomes.ts';
import type { Book, Placed } from '../check/book.ts';
import { always } from '../check/compare.ts';
import { lowerRule } from '../check/conditions.ts';
import { percentToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { Report } from '../diagnostic.ts';
import type { LevyClause } from '../syntax/clauses.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import { roundings } from './price-terms.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { clauseOf, clausesOf } from './shapes.ts';

export function compileTax(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { clauses, name } = placed.sentence;
  const levy = clauseOf(clauses, 'levy');
  const otherwise = clauseOf(clauses, 'otherwise');
  const also = circumstances(clauses, placed, book);
  if (!levy || !also || percentToBase(levy.percent, placed.report) === undefined) return undefined;
  if (!checkLevy(levy, placed.report) || !checkReason(levy, placed.report)) return undefined;
  const rounding = levy.rounding && {
    rounding: { mode: levy.rounding.mode.text as RoundingMode, per: levy.rounding.per },
  };
  if (levy.rounding && !roundings.includes(levy.rounding.mode.text)) {
    placed.report(
      'unexpected-word',
      levy.rounding.mode.span,
      `\`${levy.rounding.mode.text}\` is no way to round`,
      `write one of: ${roundings.join(', ')}`,
    );
    return undefined;
  }
  const when = clausesOf(clauses, 'when', 'unless');
  const [first] = when;
  if (otherwise && first) {
    placed.report(
      'misplaced-clause',
      first.span,
      `tax \`${name.text}\` is for everything else, so it has no condition`,
      'leave out the condition, or `otherwise`',
    );
    return undefined;
  }
  const scene: Scene = { book, report: placed.report, scope: 'line', billed: true, stage: 'discounts' };
  const conditions = otherwise && also.length === 0 ? { all: [always] } : lowerRule(when, scene, also);
  if (!conditions) return undefined;
  const note = levy.note && { note: levy.note.text };
  return {
    ...draftOf(placed),
    set: 'tax',
    family: 'tax',
    policy: 'exactly one',
    scope: 'line',
    conditions,
    otherwise: otherwise !== undefined,
    outcome: { kind: 'tax', percent: levy.percent.number, category: levy.category.text, ...rounding, ...note },
  };
}

/** UNCL 5305 as EN 16931 uses it, with whether a tax is due under it. */
const categories: Readonly<Record<string, boolean>> = {
  S: true,
  AE: false,
  E: false,
  Z: false,
  G: false,
  K: false,
  O: false,
  L: true,
  M: true,
  B: true,
};

/** An invoice without tax has to say why (EN 16931: BR-E-10, BR-AE-10, BR-IC-10, BR-G-10, BR-O-10); a zero rate is a rate. */
function checkReason({ category, note }: LevyClause, report: Report): boolean {
  if (categories[category.text] !== false || category.text === 'Z' || note) return true;
  report(
    'missing-clause',
    category.span,
    `nothing is taxed under category ${category.text}, and it is not said why`,
    `add the reason that invoices must give: category ${category.text}, note "…"`,
  );
  return false;
}

function checkLevy({ percent, category }: LevyClause, report: Report): boolean {
  if (Number(percent.number) > 100) {
    report('too-large', percent.span, 'a tax is not more than the amount taxed', 'write a percentage up to 100%');
    return false;
  }
  const taxed = Object.hasOwn(categories, category.text) ? categories[category.text] : undefined;
  if (taxed === undefined) {
    report(
      'unknown-value',
      category.span,
      `\`${category.text}\` is not a category of tax`,
      `write one of: ${Object.keys(categories).join(', ')} (EN 16931)`,
    );
    return false;
  }
  // A standard or a reduced rate is above nothing (BR-S-05); those of the Canary Islands, Ceuta and Melilla need not be.
  if (category.text === 'S' && Number(percent.number) === 0) {
    report(
      'wrong-type',
      percent.span,
      'a rate of category S is above 0 %',
      'write category Z for a rate of zero, or E with the reason for what is exempt',
    );
    return false;
  }
  if (taxed || Number(percent.number) === 0) return true;
  report(
    'wrong-type',
    percent.span,
    `nothing is taxed under category ${category.text}`,
    'write 0%, or category S for the standard or a reduced rate',
  );
  return false;
}
