/** What is proved of alternatives: each can fit, exactly one or the first does, and there is always one that does. */
import type { RuleDraft } from '../families/rule.ts';
import { anyCase, areDisjoint, type Case, commonCase, type View } from './cases.ts';
import { describeCase, describeConflict } from './examples.ts';
import { coverageOf } from './gaps.ts';
import { neighbours } from './neighbours.ts';

/** Rules that are decided together, and what each of them demands. */
export interface Bench {
  readonly rules: readonly RuleDraft[];
  readonly view: View;
  readonly casesOf: (rule: RuleDraft) => readonly Case[];
}

/** Every rule can match. */
export function proveMatching({ rules, casesOf, view }: Bench): void {
  for (const rule of rules) {
    if (casesOf(rule).length > 0) continue;
    const reason = describeConflict(rule.conditions, view);
    rule.origin.report(
      'never-matches',
      rule.origin.node.span,
      `no case fits this${reason === undefined ? '' : `: ${reason}`}`,
      'correct one of its conditions, or remove the rule',
    );
  }
}

/** Alternatives of which exactly one must fit: no two of them ever do. */
export function proveApart(bench: Bench): void {
  const { rules, casesOf, view } = bench;
  const before = neighbours(rules.map(casesOf));
  for (const [index, rule] of rules.entries()) {
    const own = casesOf(rule);
    // What is for everything else gives way to the others, not to its like.
    const rivals = before(index)
      .flatMap((position) => rules[position] ?? [])
      .filter((earlier) => earlier.otherwise === rule.otherwise && !areDisjoint(casesOf(earlier), own));
    const overlap = rivals.flatMap((earlier) => {
      const both = commonCase(casesOf(earlier), own, view);
      return both ? [{ earlier, both }] : [];
    })[0];
    if (overlap) reportOverlap(rule, overlap.earlier, overlap.both, view);
    else if (rivals[0]) reportUnclear(rule, rivals[0]);
  }
}

function reportOverlap(rule: RuleDraft, earlier: RuleDraft, both: Case, view: View): void {
  rule.origin.report(
    'rules-overlap',
    rule.origin.node.span,
    rule.otherwise
      ? `\`${earlier.name}\` is for everything else already`
      : `this fits where \`${earlier.name}\` fits too, for example where ${describeCase(both, view)}`,
    overlapRemedy(rule),
  );
}

function reportUnclear(rule: RuleDraft, earlier: RuleDraft): void {
  rule.origin.report(
    'overlap-unclear',
    rule.origin.node.span,
    `nothing proves that this and \`${earlier.name}\` never fit together`,
    `${overlapRemedy(rule)}; if both ever fit, a person must decide`,
  );
}

function overlapRemedy(rule: RuleDraft): string {
  if (rule.family === 'rate')
    return 'narrow one of them with `unless`, or write `, first that fits` after the service if the order should decide';
  return rule.otherwise
    ? 'keep one `otherwise`, and give the other its own conditions'
    : 'narrow one of them with `unless`';
}

/** Alternatives of which the first that fits is taken: each is the first somewhere. */
export function proveReached({ rules, casesOf, view }: Bench): void {
  const before = neighbours(rules.map(casesOf));
  for (const [index, rule] of rules.entries()) {
    const own = casesOf(rule);
    const [example] = own;
    if (rule.otherwise || !example) continue;
    const takers = before(index)
      .flatMap((position) => rules[position] ?? [])
      .filter((earlier) => !areDisjoint(own, casesOf(earlier)));
    const taken = takers.flatMap(casesOf);
    if (!own.every((one) => coverageOf(taken, view, one).kind === 'covered')) continue;
    const names = takers.map(({ name }) => `\`${name}\``);
    rule.origin.report(
      'never-reached',
      rule.origin.node.span,
      `${names.join(' and ')} above always ${names.length > 1 ? 'take' : 'takes'} what fits this, for example where ${describeCase(example, view)}`,
      'move this line above, narrow the other, or remove it',
    );
  }
}

/** There is always an answer, and an `otherwise` has something left to answer. */
export function proveAnswered(bench: Bench): void {
  const { rules, casesOf, view } = bench;
  const last = rules.at(-1);
  if (!last) return;
  const coverage = coverageOf(rules.flatMap(casesOf), view, sinceTheFirstDay(bench));
  const { report, whole = last.origin.node } = last.origin;
  const what = last.family === 'tax' ? 'some lines would have no tax' : `nothing says what ${serviceOf(last)} costs`;
  if (coverage.kind === 'gap') {
    const despite = coverage.despite ? ', unless a condition that cannot be seen through fits' : '';
    report(
      'missing-otherwise',
      whole.span,
      `${what}, for example where ${describeCase(coverage.example, view)}${despite}`,
      otherwiseRemedy(last),
    );
  }
  if (coverage.kind === 'unclear')
    report('missing-otherwise', whole.span, `${what}, as far as can be proved`, otherwiseRemedy(last));
  proveOtherwiseNeeded(bench);
}

function proveOtherwiseNeeded({ rules, casesOf, view }: Bench): void {
  const others = rules.filter((rule) => !rule.otherwise);
  if (others.length === 0) return;
  const taken = others.flatMap(casesOf);
  for (const rule of rules.filter((one) => one.otherwise)) {
    if (!casesOf(rule).every((one) => coverageOf(taken, view, one).kind === 'covered')) continue;
    rule.origin.report(
      'needless-otherwise',
      rule.origin.node.span,
      'the lines above leave no case for this `otherwise`',
      'remove it, or correct the line that takes too much',
    );
  }
}

/** What a rulebook says begins with its first day: before, nothing is missing. */
function sinceTheFirstDay({ rules, casesOf }: Bench): Case {
  const days = rules.flatMap((rule) => casesOf(rule).map(({ limits }) => limits.get('date')));
  const starts = days.map((limit) => (limit?.kind === 'range' ? limit.low : -Infinity));
  const first = Math.min(...starts);
  if (!Number.isFinite(first)) return anyCase;
  const limit = { kind: 'range' as const, low: first, lowOpen: false, high: Infinity, highOpen: false, whole: true };
  return { ...anyCase, limits: new Map([['date', limit]]) };
}

function otherwiseRemedy({ family }: RuleDraft): string {
  return family === 'tax'
    ? 'add a tax for everything else: `tax standard otherwise 19% category S`'
    : 'add a last line `otherwise charge …`, or a line for this case';
}

/** `rate:flex.voice` is about voice. */
function serviceOf({ set }: RuleDraft): string {
  return set.slice(set.lastIndexOf('.') + 1);
}
