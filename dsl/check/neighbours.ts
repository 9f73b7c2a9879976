/** Which rules may meet, without comparing each with each: a rulebook of thousands has one rule per plan or country. */
import type { Case } from './cases.ts';

/**
 * For each rule the positions before it of those that it may fit together with, ascending. A rule that is left out has
 * nothing in common with it: in every case of both, one fact, mostly the plan, would have to be two words.
 */
export function neighbours(cases: readonly (readonly Case[])[]): (position: number) => readonly number[] {
  const fact = mostTelling(cases);
  const words = cases.map((own) => (fact === undefined ? undefined : wordsOf(own, fact)));
  const open: number[] = [];
  const byWord = new Map<string, number[]>();
  const before = words.map((own, position) => {
    const found = own
      ? [...new Set([...open, ...[...own].flatMap((word) => byWord.get(word) ?? [])])].sort((a, b) => a - b)
      : undefined;
    if (!own) open.push(position);
    for (const word of own ?? []) {
      const known = byWord.get(word);
      if (known) known.push(position);
      else byWord.set(word, [position]);
    }
    return found;
  });
  return (position) => before[position] ?? Array.from({ length: position }, (_, index) => index);
}

/** The fact that is a word of a list in most rules. */
function mostTelling(cases: readonly (readonly Case[])[]): string | undefined {
  const counts = new Map<string, number>();
  for (const own of cases) {
    for (const fact of own[0]?.limits.keys() ?? []) {
      if (wordsOf(own, fact)) counts.set(fact, (counts.get(fact) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** The words that a fact is in some case; undefined if there is a case in which it may be any. */
function wordsOf(cases: readonly Case[], fact: string): ReadonlySet<string> | undefined {
  const words = new Set<string>();
  for (const { limits } of cases) {
    const limit = limits.get(fact);
    if (limit?.kind !== 'words' || !limit.allowed) return undefined;
    for (const word of limit.allowed) words.add(word);
  }
  return words;
}
