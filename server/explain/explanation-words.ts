import { amountInWords } from '../../dsl/check/quantities.ts';
import { conditionInWords } from '../../dsl/diff/conditions.ts';
import type { Explanation, Reason } from '../../engine/explain.ts';
import { localTime } from '../../engine/period.ts';
import type { FactType, FactValue, RuleSet, SourceLocation } from '../../engine/rule-set.ts';
import { valueInWords } from '../../engine/words.ts';

/** What is explained: a line, an event, a reminder, with the decisions that made it what it is. */
export interface Explained {
  /** `Calls by day: 1.20 EUR (usage)`, `voice event MSC1/17`. */
  readonly title: string;
  /** How its amount came about, and the rule's place; absent where there is no amount. */
  readonly because?: { readonly rule: string; readonly at: SourceLocation; readonly how: string };
  readonly decisions: readonly ExplainedDecision[];
}

export interface ExplainedDecision {
  /** The decision set and what it was about. */
  readonly decided: string;
  readonly rules: readonly Explanation[];
}

export interface WordsContext {
  readonly document: RuleSet;
  readonly currency: string;
  /** Zone in which instants are read. */
  readonly zone: string;
}

/** The same as text: rules that fired with all their conditions, the others with what kept them from it. */
export function explainedInWords({ title, because, decisions }: Explained, context: WordsContext): string {
  return [
    title,
    ...(because ? [`  ${because.rule}, ${because.at.file}:${because.at.line}`, `  ${because.how}`] : []),
    ...decisions.flatMap(({ decided, rules }) => [
      `  ${decided}`,
      ...rules.flatMap((one) => [
        `  ${one.fired ? '✓' : '·'} ${one.rule}  ${one.at.file}:${one.at.line}`,
        ...reasonsInWords(one, context).map((reason) => `      ${one.fired ? 'because' : 'not, because'} ${reason}`),
      ]),
    ]),
  ].join('\n');
}

/** For readers that are no people, who show the words to people. */
export function withWords({ decisions, ...explained }: Explained, context: WordsContext) {
  return {
    ...explained,
    decisions: decisions.map(({ decided, rules }) => ({
      decided,
      rules: rules.map((rule) => ({ ...rule, words: reasonsInWords(rule, context) })),
    })),
  };
}

export type ExplainedWithWords = ReturnType<typeof withWords>;

/** One sentence a reason: the condition as the language says it, and the values that it saw. */
function reasonsInWords({ gaveWayTo, reasons, fired }: Explanation, context: WordsContext): readonly string[] {
  if (gaveWayTo) return [`it gives way to ${gaveWayTo.join(' and ')}`];
  return reasons.map((reason) => reasonInWords(reason, fired, context));
}

function reasonInWords({ condition, actual, from }: Reason, fired: boolean, context: WordsContext): string {
  if (condition.fact === 'always') return 'nothing else fits';
  if (condition.fact.endsWith('.known'))
    return `${condition.fact.slice(0, -'.known'.length)} is ${actual === true ? 'known' : 'missing'}`;
  const typeOf = (fact: string) => typeIn(context.document, fact);
  const asked = conditionInWords(condition, typeOf, context.currency);
  const words = `\`${asked}\`${fired ? '' : ' is not so'}`;
  const value = (fact: string, seen: FactValue) => `${fact} is ${inUnits(seen, typeOf(fact), asked, context)}`;
  const own = isShown(condition.fact) ? [value(condition.fact, actual)] : [];
  const values = [...own, ...from.map((source) => value(source.fact, source.value))];
  return values.length === 0 ? words : `${words}: ${values.join(', ')}`;
}

/** The sign of a difference, a calendar and whether something is known say nothing beyond the condition itself. */
function isShown(fact: string): boolean {
  return !/^sign\(|^time\.| in | mentions | starts with /.test(fact);
}

function typeIn({ facts, derived }: RuleSet, fact: string): FactType | undefined {
  return [...facts, ...derived].find(({ name }) => name === fact)?.type;
}

/** In the largest unit, with two digits: `12.15 GB`. Where that reads as the limit it is compared with, exactly as well. */
function inUnits(
  value: FactValue,
  type: FactType | undefined,
  condition: string,
  { currency, zone }: WordsContext,
): string {
  if (value === '') return 'empty';
  if (typeof value === 'object' && value.length === 0) return 'an empty list';
  if (typeof value !== 'number' || type === undefined) return valueInWords(value, type ?? { kind: 'text' }, currency);
  if (type.kind === 'instant') return `${localTime(value, zone)} in ${zone}`;
  const words = value === 0 && type.kind === 'data' ? '0 GB' : valueInWords(value, type, currency);
  const exact = amountInWords(value, type.kind);
  return condition.includes(` ${words}`) && !condition.includes(` ${exact}`) ? `${words} (${exact})` : words;
}
