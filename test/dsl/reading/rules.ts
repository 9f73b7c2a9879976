/** The rules of a rulebook as they are written: when each applies, and what it says then. */
import type { Clause, ClauseKind, ConditionClause } from '../../../dsl/syntax/clauses.ts';
import type { PlanSentence, RuleSentence, Sentence } from '../../../dsl/syntax/sentences.ts';
import { fraction, more } from '../../engine/oracle-fraction.ts';
import { dayNumberOf } from './clock.ts';
import { type Answer, allOf, anyOf, holds, opposite } from './conditions.ts';
import { outcomeOf, priceOf } from './outcomes.ts';
import { type BaseFacts, type Reader, reader, type World } from './world.ts';

export interface ReadRule {
  readonly id: string;
  /** Applies only where no other of its group does. */
  readonly otherwise: boolean;
  /** @throws Error where the answer hangs on a fact that is missing. */
  readonly applies: (facts: BaseFacts) => boolean;
  readonly outcome: object;
}

/** Rules among which one decision chooses. */
export interface ReadGroup {
  readonly policy: 'exactly one' | 'first' | 'all';
  readonly rules: readonly ReadRule[];
}

export function readGroups(sentences: readonly Sentence[], world: World): readonly ReadGroup[] {
  const rules = sentences.flatMap((one) => (isRule(one) ? rulesOf(one, sentences, world) : []));
  const taxes = rules.filter(({ id }) => id.startsWith('tax.'));
  const others = rules.filter((rule) => !taxes.includes(rule));
  const plans = sentences.filter((one) => one.kind === 'plan');
  return [
    { policy: 'exactly one', rules: taxes },
    ...others.map((rule) => ({ policy: 'all' as const, rules: [rule] })),
    ...plans.flatMap((plan) => groupsOf(plan, plans, world)),
  ];
}

/** What the group decides on: the rules that fire, in the order of the text. Several where exactly one may are a conflict. */
export function decide({ policy, rules }: ReadGroup, facts: BaseFacts): readonly ReadRule[] {
  const matching = rules.filter((rule) => rule.applies(facts));
  const particular = matching.filter(({ otherwise }) => !otherwise);
  const firing = particular.length > 0 ? particular : matching;
  return policy === 'first' ? firing.slice(0, 1) : firing;
}

function isRule(sentence: Sentence): sentence is RuleSentence {
  return ['discount', 'tax', 'advantage', 'anomaly', 'segment', 'offer', 'remind', 'dunning', 'notify'].includes(
    sentence.kind,
  );
}

function rulesOf(sentence: RuleSentence, sentences: readonly Sentence[], world: World): readonly ReadRule[] {
  const { kind, name, clauses } = sentence;
  const firstDay = (one: Sentence) => of(one.clauses, 'dates')[0]?.from?.text ?? '';
  const versions = sentences
    .filter((one) => one.kind === kind && one.name.text === name.text)
    .map(firstDay)
    .sort();
  const version = versions.indexOf(firstDay(sentence));
  const next = versions[version + 1];
  const also = (read: Reader): readonly Answer[] => [
    // A later version replaces it.
    isBetween(read('date'), undefined, next),
    inPeriod(of(clauses, 'dates'), read),
    ...of(clauses, 'for plans').flatMap(({ plans, accepted }) => [
      plans.some(({ text }) => text === read('subscription.plan')),
      ...(accepted ? [isBetween(read('subscription.accepted_on'), accepted.from.text, accepted.until.text)] : []),
    ]),
    // Nothing is counted from a date that is missing.
    ...of(clauses, 'steps').map(({ date }) => read(date.text) !== undefined),
    // A fee goes onto a bill in its own currency.
    ...of(clauses, 'steps').flatMap(({ actions }) =>
      actions.flatMap((action) =>
        action.kind === 'one-off fee' ? [read('invoice.currency') === action.amount.currency.text] : [],
      ),
    ),
  ];
  const id = `${kind}.${name.text}${version > 0 ? `@${versions[version]}` : ''}`;
  const ownWorld = kind === 'segment' ? { ...world, boughtAsOrdered: true } : world;
  const applies = applying(of(clauses, 'when', 'unless'), ownWorld, also);
  const rule = { id, otherwise: of(clauses, 'otherwise').length > 0, applies, outcome: outcomeOf(sentence) };
  const stop = of(clauses, 'stop when');
  const ends = { id: `${id}.stop`, otherwise: false, applies: applying(stop, world), outcome: { kind: 'stop' } };
  return stop.length > 0 ? [rule, ends] : [rule];
}

/** All of `when` and none of `unless`. */
function applying(
  conditions: readonly ConditionClause[],
  world: World,
  also: (read: Reader) => readonly Answer[] = () => [],
): ReadRule['applies'] {
  return (facts) => {
    const read = reader(world, facts);
    const answerTo = ({ condition }: ConditionClause) => holds(condition, world, read);
    const wanted = conditions.filter(({ kind }) => kind !== 'unless').map(answerTo);
    const unwanted = conditions.filter(({ kind }) => kind === 'unless').map(answerTo);
    const answer = allOf([...also(read), ...wanted, opposite(anyOf(unwanted))]);
    if (answer === undefined) throw new Error('The rule hangs on a fact that is missing, and does not say how.');
    return answer;
  };
}

function inPeriod(
  dates: readonly { readonly from?: { text: string }; readonly until?: { text: string } }[],
  read: Reader,
) {
  return dates.every(({ from, until }) => isBetween(read('date'), from?.text, until?.text));
}

/** The last day is not part of a period. */
function isBetween(day: ReturnType<Reader>, from: string | undefined, until: string | undefined): boolean {
  const number = day as ReturnType<typeof fraction>;
  return (
    (from === undefined || !more(fraction(dayNumberOf(from)), number)) &&
    (until === undefined || more(fraction(dayNumberOf(until)), number))
  );
}

// ---- Plans

interface Row {
  readonly conditions: readonly ConditionClause[];
  readonly otherwise: boolean;
  readonly clauses: readonly Clause[];
}

function groupsOf(plan: PlanSentence, plans: readonly PlanSentence[], world: World): readonly ReadGroup[] {
  const earlier = plans.filter(({ name }) => name.text === plan.name.text).indexOf(plan) > 0;
  const [dates] = of(plan.clauses, 'dates');
  const path = earlier ? `${plan.name.text}@${dates?.from?.text}` : plan.name.text;
  const blocks = blocksOf(plan, plans);
  const currency = currencyOf(plan, plans);
  return blocks.flatMap(([head, ...clauses]): readonly ReadGroup[] => {
    if (head?.kind === 'allowance') {
      const [as] = of(clauses, 'as');
      const id = `${path}.allowance.${as?.name?.text ?? head.service.text}`;
      const to = (read: Reader) =>
        head.to.length > 0 ? [head.to.some(({ text }) => text === read('destination'))] : [];
      const applies = applying(of(clauses, 'when', 'unless'), world, to);
      return [
        { policy: 'all', rules: [{ id, otherwise: false, applies, outcome: { kind: 'allowance', allowance: id } }] },
      ];
    }
    if (head?.kind !== 'rate') return [];
    const rules = rowsOf(clauses).map((row): ReadRule => {
      const [as] = of(row.clauses, 'as');
      const id = `${path}.${head.service.text}.${as?.name?.text ?? (row.otherwise ? 'otherwise' : '')}`;
      const outcome = priceOf(row.clauses, currency);
      return { id, otherwise: row.otherwise, applies: applying(row.conditions, world), outcome };
    });
    return [{ policy: head.firstThatFits ? 'first' : 'exactly one', rules }];
  });
}

/** Each fee, allowance and rate with the clauses below it; `like` brings along what is not said again. */
function blocksOf(plan: PlanSentence, plans: readonly PlanSentence[]): readonly (readonly Clause[])[] {
  const own: Clause[][] = [];
  for (const clause of plan.clauses) {
    if (clause.kind === 'fee' || clause.kind === 'allowance' || clause.kind === 'rate') own.push([clause]);
    else if (clause.kind !== 'dates') own.at(-1)?.push(clause);
  }
  const base = plans.findLast(({ name }) => name.text === plan.like?.text);
  const said = own.map(keyOf);
  const inherited = base ? blocksOf(base, plans).filter((block) => !said.includes(keyOf(block))) : [];
  return [...inherited, ...own];
}

function keyOf([head]: readonly Clause[]): string {
  if (head?.kind === 'fee') return `fee ${head.name.text}`;
  return head?.kind === 'rate' || head?.kind === 'allowance' ? `${head.kind} ${head.service.text}` : '';
}

function currencyOf(plan: PlanSentence, plans: readonly PlanSentence[]): string {
  if (plan.currency) return plan.currency.text;
  const base = plans.findLast(({ name }) => name.text === plan.like?.text);
  return base ? currencyOf(base, plans) : '';
}

function rowsOf(clauses: readonly Clause[]): readonly Row[] {
  const rows: { conditions: ConditionClause[]; otherwise: boolean; clauses: Clause[] }[] = [];
  for (const clause of clauses) {
    if (clause.kind === 'when') rows.push({ conditions: [clause], otherwise: false, clauses: [] });
    else if (clause.kind === 'otherwise' || rows.length === 0)
      rows.push({ conditions: [], otherwise: true, clauses: clause.kind === 'otherwise' ? [] : [clause] });
    else if (clause.kind === 'unless') rows.at(-1)?.conditions.push(clause);
    else rows.at(-1)?.clauses.push(clause);
  }
  return rows;
}

export function of<K extends ClauseKind>(clauses: readonly Clause[], ...kinds: readonly K[]) {
  return clauses.filter((clause): clause is Extract<Clause, { kind: K }> =>
    (kinds as readonly string[]).includes(clause.kind),
  );
}
