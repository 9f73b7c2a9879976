/** Cases as a person would say them. */
import type { Condition } from '../../engine/rule-set.ts';
import { anyCase, areDisjoint, type Case, casesOf, meetAll, type View, worldsAt } from './cases.ts';
import { exampleOf, inWords, type Limit, meetLimits } from './limits.ts';

/** An example: `destination is eu, cycle.data is just above 50 GB`. */
export function describeCase({ limits }: Case, view: View): string {
  const facts = [...limits]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([fact, limit]) => describeLimit(fact, limit, view));
  return facts.length > 0 ? facts.join(', ') : 'any case';
}

/** Why a condition without cases has none: the fact that would have to be two things at once. */
export function describeConflict(condition: Condition, view: View): string | undefined {
  if (!('all' in condition)) return undefined;
  let cases: readonly Case[] = [anyCase];
  for (const part of condition.all) {
    const more = casesOf(part, view);
    const [other] = more;
    if (!other) return describeConflict(part, view);
    const [one] = cases;
    if (one && areDisjoint(cases, more)) {
      for (const [fact, limit] of other.limits) {
        const known = one.limits.get(fact);
        if (known && !meetLimits(known, limit)) return conflictOver(fact, known, limit, view);
      }
    }
    cases = meetAll(cases, more);
  }
  return undefined;
}

function conflictOver(fact: string, known: Limit, limit: Limit, view: View): string {
  const worlds = worldsAt(fact, view);
  if (worlds) return `no \`${worlds.root}\` is all of this at once`;
  const type = view.typeOf(fact);
  return `\`${fact}\` would have to be ${inWords(known, type)} and ${inWords(limit, type)} at once`;
}

/** Statements stand for themselves: `time.offpeak`, `not customer.profile mentions gaming`. */
function describeLimit(fact: string, limit: Limit, view: View): string {
  const type = view.typeOf(fact);
  const value = exampleOf(limit, type);
  const worlds = worldsAt(fact, view);
  if (worlds) return worlds.all[Number(value)]?.example ?? worlds.source;
  if (fact.endsWith('.known')) return `${fact.slice(0, -'.known'.length)} is ${value === 'true' ? 'known' : 'missing'}`;
  const isStatement = view.derived.get(fact)?.type.kind === 'boolean' || / include /.test(fact);
  if (isStatement) return value === 'true' ? fact : `not ${fact}`;
  if (type?.kind === 'boolean') return `${fact} is ${value === 'true' ? 'yes' : 'no'}`;
  return `${fact} is ${value}`;
}
