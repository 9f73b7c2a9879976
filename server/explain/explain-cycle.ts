import { evaluateCycle } from '../../engine/cycle.ts';
import { applyPolicy } from '../../engine/decide/policy.ts';
import { explainDecision } from '../../engine/explain.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { AccountCycle, BillLine, CycleEvaluation, Decision } from '../../engine/model.ts';
import type { DecisionSet } from '../../engine/rule-set.ts';
import type { Explained, ExplainedDecision } from './explanation-words.ts';

/** Beyond this many, the same question is answered the same way. */
const mostDecisions = 12;

/** What is asked about is not there, or no longer; the message says what is. */
export class NotExplainable extends Error {}

/**
 * Explains something in an account's cycle: a line by its id or title, a usage event by its id, or a rule or decision set by
 * its name, whether it fired or not. Without `wanted`, every line.
 *
 * @param issued the lines of the invoice that is asked about; those of the cycle's bill if absent.
 * @throws NotExplainable listing what can be asked for if there is no such thing.
 */
export async function explainCycle(
  cycle: AccountCycle,
  rules: LoadedRuleSet,
  wanted = '',
  issued?: readonly BillLine[],
): Promise<readonly Explained[]> {
  const evaluation = evaluateCycle(cycle, rules);
  const lines = issued ?? evaluation.bill.lines;
  const named = lines.filter((one) => one.id === wanted || one.title.toLowerCase().includes(wanted.toLowerCase()));
  if (named.length > 0) return Promise.all(named.map((line) => explainLine(line, evaluation, rules)));
  const found = await explainDecisions(evaluation.decisions, rules, wanted);
  if (found.length > 0) return found;
  const known = lines.map((one) => `  ${one.id}  (${one.title})`).join('\n');
  throw new NotExplainable(
    `Nothing is called "${wanted}": name a usage event, a rule, a decision set, or a line; its lines are:\n${known}`,
  );
}

/** Decisions about an event, or of a set, or that a rule took part in; each question once. */
export async function explainDecisions(
  decisions: readonly Decision[],
  rules: LoadedRuleSet,
  wanted = '',
): Promise<readonly Explained[]> {
  const own = decisions.filter((decision) => isAbout(decision, rules.sets.get(decision.set)?.set, wanted));
  const distinct = [...new Map(own.map((one) => [`${one.set} ${one.about} ${one.matches}`, one])).values()];
  const shown = distinct.slice(0, mostDecisions);
  return Promise.all(
    shown.map(async (decision) => {
      const { rules: all, decided } = await explained(decision, rules);
      // Where a rule is asked for, the others matter only as far as they were taken.
      const asked = all.filter(({ rule }) => isNamed(rule, wanted));
      const told = asked.length === 0 ? all : all.filter(({ rule, fired }) => fired || isNamed(rule, wanted));
      return { title: decided, decisions: [{ decided: 'Decided:', rules: told }] };
    }),
  );
}

async function explainLine(line: BillLine, evaluation: CycleEvaluation, rules: LoadedRuleSet): Promise<Explained> {
  const { currency } = evaluation.bill;
  const behind = decisionsBehind(line, evaluation, rules);
  return {
    title: `${line.title}: ${line.amount} ${currency} (${line.kind})`,
    because: line.because,
    decisions: await Promise.all(behind.map((decision) => explained(decision, rules))),
  };
}

/** What gave the line its rule (for usage: for its first portion), what covered it, and its tax. A fee is not decided. */
function decisionsBehind(
  line: BillLine,
  { decisions, trace }: CycleEvaluation,
  rules: LoadedRuleSet,
): readonly Decision[] {
  const event = trace.find(({ lineId }) => lineId === line.id)?.eventId;
  const about = event ?? line.subscriptionId;
  const won = decisions.find(
    (decision) => decision.about === about && firedBy(decision, rules).includes(line.because.rule),
  );
  const covered =
    event !== undefined && line.kind === 'included usage'
      ? decisions.find((decision) => decision.about === event && decision.set.startsWith('allowance:'))
      : undefined;
  const tax = decisions.find(({ set, about: subject }) => set === 'tax' && subject === line.id);
  return [...new Set([won, covered, tax])].filter((one) => one !== undefined);
}

function firedBy({ set: id, matches }: Decision, rules: LoadedRuleSet): readonly string[] {
  const set = rules.sets.get(id)?.set;
  return set ? applyPolicy(set, matches).rules.map(({ name }) => name) : [];
}

async function explained(decision: Decision, rules: LoadedRuleSet): Promise<ExplainedDecision> {
  const about = decision.about === undefined ? '' : ` about ${decision.about}`;
  return { decided: `${decision.set}${about}`, rules: await explainDecision(decision, rules) };
}

function isAbout(decision: Decision, set: DecisionSet | undefined, wanted: string): boolean {
  if (wanted === '' || decision.set === wanted || decision.about === wanted) return true;
  if (decision.about?.endsWith(`/${wanted}`)) return true;
  return set?.rules.some(({ name }) => isNamed(name, wanted)) === true;
}

/** `usage_spike` is enough for `anomaly.usage_spike`. */
function isNamed(rule: string, wanted: string): boolean {
  return wanted !== '' && (rule === wanted || rule.endsWith(`.${wanted}`));
}
