/** How usage is paid from prepaid credit: settings of a plan, each with a default. */
import type { PrepaidTerms } from '../../engine/outcomes.ts';
import type { Book, Placed } from '../check/book.ts';
import type { PlanSentence } from '../syntax/sentences.ts';
import type { PrepaidClause } from '../syntax/term-clauses.ts';
import { clauseOf } from './shapes.ts';

/** What a customer of a prepaid plan has not paid before is never owed, unless the plan says so. */
const defaults: PrepaidTerms = { atEnd: 'last event cut', order: 'soonest to expire first' };

const settings: Readonly<Record<string, Partial<PrepaidTerms>>> = {
  'last event cut': { atEnd: 'last event cut' },
  'last event whole': { atEnd: 'last event whole' },
  'last event refused': { atEnd: 'last event refused' },
  'rest billed': { atEnd: 'rest billed' },
  'soonest to expire first': { order: 'soonest to expire first' },
  'bonus first': { order: 'bonus first' },
  'paid first': { order: 'paid first' },
};

/** Said by the plan, or by one that it is like; undefined where none says it. */
export function prepaidOf(placed: Placed<PlanSentence>, book: Book): PrepaidTerms | 'refused' | undefined {
  const clause = clauseOf(placed.sentence.clauses, 'prepaid');
  if (clause) return lower(clause, placed) ?? 'refused';
  const { like } = placed.sentence;
  const base = like && book.plans.get(like.text)?.at(-1);
  return base && prepaidOf(base, book);
}

function lower({ terms }: PrepaidClause, { report }: Placed): PrepaidTerms | undefined {
  let said: Partial<PrepaidTerms> = {};
  for (const { text, span } of terms) {
    const setting = settings[text] ?? {};
    const [again] = Object.keys(setting).filter((key) => key in said);
    if (again !== undefined) {
      const what = again === 'order' ? 'in which order credit is used' : 'what happens when credit ends';
      report('repeated-clause', span, `this says a second time ${what}`, 'keep one of the two');
      return undefined;
    }
    said = { ...said, ...setting };
  }
  return { ...defaults, ...said };
}
