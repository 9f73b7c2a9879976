/** Rates and allowances that a later version of a plan no longer has, mostly because they were forgotten. */
import type { Book, Placed } from '../check/book.ts';
import type { PlanSentence } from '../syntax/sentences.ts';
import { firstDayOf } from './periods.ts';

/**
 * Where a rule got lost: the version of its plan, or of the plan that this one is like, that says nothing of what an earlier
 * version had.
 *
 * @param rule an id that no rule has, such as `talk.voice.otherwise`.
 * @returns what to do about it; undefined if it was lost in no version.
 */
export function lostInVersion(rule: string, { plans }: Book): string | undefined {
  const [id = '', part = '', row = ''] = rule.split('.');
  const kind = part === 'allowance' ? 'allowance' : 'rate';
  const service = kind === 'allowance' ? row : part;
  const says = ({ sentence }: Placed<PlanSentence>) =>
    sentence.clauses.some((clause) => clause.kind === kind && clause.service.text === service);
  let plan: string | undefined = id;
  while (plan !== undefined) {
    const versions: readonly Placed<PlanSentence>[] = plans.get(plan) ?? [];
    const last = versions.at(-1);
    if (!last || says(last)) return undefined;
    const { like } = last.sentence;
    if (!like && versions.some(says))
      return `the version of plan \`${plan}\` from ${firstDayOf(last.sentence)} on, in ${last.file}, has no ${kind} for ${service}: a version says all of its plan, so repeat there what stays`;
    plan = like?.text;
  }
  return undefined;
}
