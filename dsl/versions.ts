/**
 * Versions: a later sentence with the same name and a later `from` replaces the earlier from that day on.
 *
 * A version of a rule is the sentence with the day at which it is replaced as its end; all but the first are known by
 * their first day (`discount.volume_10@2026-06-01`). Whoever compiles a rule need not know that there are others.
 */
import { type Book, isOf, type Placed } from './check/book.ts';
import type { Memory } from './check/memory.ts';
import { clauseOf } from './families/shapes.ts';
import type { Clause } from './syntax/clauses.ts';
import { type RuleSentence, ruleKinds, type Sentence } from './syntax/sentences.ts';
import type { Literal } from './syntax/tree.ts';

/** All versions of all rules, in the order of the text; twins (two from one day) are reported and stay as they are. */
export function versionRules(
  sentences: readonly Placed[],
  twins: Set<Placed>,
  book: Book,
  memory: Memory,
): readonly Placed[] {
  const byName = new Map<string, Placed<RuleSentence>[]>();
  for (const placed of sentences) {
    if (!isOf(placed, ...ruleKinds)) continue;
    const key = `${placed.sentence.kind} ${placed.sentence.name.text}`;
    byName.set(key, [...(byName.get(key) ?? []), placed]);
  }
  const replaced = new Map<Placed, Placed>();
  for (const versions of byName.values()) {
    if (versions.length < 2) continue;
    orderVersions(versions, twins);
    const kept = versions.filter((one) => !twins.has(one));
    for (const [index, one] of kept.entries()) {
      const end = firstDay(kept[index + 1]);
      const version = memory.recall(one, 'version', [index > 0, end?.text], book, () => versionOf(one, index > 0, end));
      replaced.set(one, version);
    }
  }
  return sentences.map((one) => replaced.get(one) ?? one);
}

/** By first day. Two versions from one day would both be in force. */
export function orderVersions<S extends Sentence>(versions: Placed<S>[], twins: Set<Placed>): void {
  const from = (placed: Placed) => firstDay(placed)?.text ?? '';
  versions.sort((a, b) => (from(a) < from(b) ? -1 : from(a) > from(b) ? 1 : 0));
  for (const [index, placed] of versions.entries()) {
    const before = versions[index - 1];
    if (!before || from(before) !== from(placed)) continue;
    const { name, kind } = placed.sentence;
    twins.add(placed);
    const { file, line } = before.locate(before.sentence.span);
    if (from(placed) === '' && kind !== 'plan')
      placed.report(
        'duplicate-name',
        name.span,
        `line ${line} of ${file} has the same name`,
        'choose another name, keep one of the two, or say from when this one replaces it: `from 2027-01-01`',
      );
    else
      placed.report(
        'versions-overlap',
        name.span,
        `${kind} \`${name.text}\` is described a second time from the same day`,
        'give this version a later `from`, or another name',
      );
  }
}

function firstDay(placed: Placed | undefined): Literal | undefined {
  if (!placed) return undefined;
  const { clauses } = placed.sentence;
  return (clauseOf(clauses, 'dates') ?? clauseOf(clauses, 'subscriptions from'))?.from;
}

function versionOf(placed: Placed<RuleSentence>, isLater: boolean, end: Literal | undefined): Placed<RuleSentence> {
  const { sentence } = placed;
  const { name, clauses } = sentence;
  const from = firstDay(placed);
  const text = isLater && from ? `${name.text}@${from.text}` : name.text;
  return {
    ...placed,
    sentence: { ...sentence, name: { ...name, text }, clauses: end ? ended(clauses, end, name) : clauses },
  };
}

/** The sentence's own end stands if it is earlier. */
function ended(clauses: readonly Clause[], end: Literal, { span }: RuleSentence['name']): readonly Clause[] {
  const dates = clauseOf(clauses, 'dates');
  if (!dates) return [...clauses, { kind: 'dates', until: { ...end, span }, span }];
  if (dates.until && dates.until.text <= end.text) return clauses;
  const until = { ...end, span: dates.span };
  return clauses.map((clause) => (clause === dates ? { ...dates, until } : clause));
}
