/** Anomalies: what is held, flagged or rejected for a person to look at, and the evidence that person reads. */
import type { AnomalyOutcome, Sentence } from '../../engine/outcomes.ts';
import type { Scope, TopCondition } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { lowerCount } from '../check/counts.ts';
import { factsNeeded, noteFact } from '../check/facts-read.ts';
import { type Guarded, knownIn, missingIn, requireGuard, termsOf } from '../check/guards.ts';
import { type Scene, seeFact } from '../check/scene.ts';
import { netName } from '../grammar/values.ts';
import type { ConditionClause, RaiseClause } from '../syntax/clauses.ts';
import { countInText } from '../syntax/count-in-text.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import type { Fact, Word } from '../syntax/tree.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { clauseOf, clausesOf } from './shapes.ts';

/** What a rule on each object looks at. */
const scopes: Readonly<Record<AnomalyOutcome['object'], Scope>> = {
  event: 'event',
  line: 'line',
  invoice: 'subscription',
  account: 'account',
};

const severities = ['low', 'medium', 'high'] as const;

export function compileAnomaly(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { clauses } = placed.sentence;
  const raise = clauseOf(clauses, 'raise');
  const because = clauseOf(clauses, 'because');
  const also = circumstances(clauses, placed, book);
  const what = raise && checkRaise(raise, placed);
  if (!raise || !because || !also || !what) return undefined;
  const scene: Scene = {
    book,
    report: placed.report,
    scope: scopes[what.object],
    ...(what.object === 'invoice' && { beside: 'invoice' as const }),
    billed: true,
    stage: 'done',
  };
  const when = clausesOf(clauses, 'when', 'unless');
  const conditions = lowerRule(when, scene, also);
  const evidence = lowerSentence(because.text, scene, guardsOf(when));
  if (!conditions || !evidence) return undefined;
  const whole = what.object === 'invoice' && !readsSubscription(conditions, evidence, book);
  return {
    ...draftOf(placed),
    set: whole ? 'anomaly:invoice as a whole' : `anomaly:${what.object}`,
    family: 'anomaly',
    policy: 'all',
    scope: whole ? 'invoice' : scene.scope,
    conditions,
    outcome: { kind: 'anomaly', action: raise.action, ...what, because: evidence },
  };
}

/** Whether a rule on an invoice is about one of its subscriptions: then each is looked at, and else the invoice once. */
function readsSubscription(conditions: TopCondition, evidence: Sentence, book: Book): boolean {
  const read = [
    ...factsNeeded([conditions], book.derived),
    ...evidence.flatMap((part) => (typeof part === 'string' ? [] : [part.fact])),
  ];
  return read.some((fact) => book.facts.get(fact.replace(/\.known$/, ''))?.scope === 'subscription');
}

function checkRaise(raise: RaiseClause, { report }: Placed): Pick<AnomalyOutcome, 'object' | 'severity'> | undefined {
  const object = raise.object.text;
  const severity = raise.severity?.text ?? 'medium';
  if (!Object.hasOwn(scopes, object)) {
    report(
      'unknown-value',
      raise.object.span,
      `\`${object}\` cannot be ${raise.action === 'hold' ? 'held' : `${raise.action}ed`}`,
      `write one of: ${Object.keys(scopes).join(', ')}`,
    );
    return undefined;
  }
  const known = severities.find((level) => level === severity);
  if (!known) {
    report(
      'unknown-value',
      raise.severity?.span ?? raise.span,
      `\`${severity}\` is not a severity`,
      `write one of: ${severities.join(', ')}`,
    );
    return undefined;
  }
  return { object: object as AnomalyOutcome['object'], severity: known };
}

/** Words with `{facts}` in them. */
function lowerSentence(text: Word, scene: Scene, guarded: Guarded): Sentence | undefined {
  const parts: (string | { fact: string })[] = [];
  let offset = text.span.start + 1;
  for (const part of text.text.split(/(\{[^}]*\})/)) {
    const name = /^\{(.*)\}$/.exec(part)?.[1];
    const brace = part.search(/[{}]/);
    if (name === undefined && brace >= 0) {
      const at = offset + brace;
      scene.report(
        'unclosed-text',
        { start: at, end: at + 1 },
        `this \`${part[brace]}\` has no other half`,
        'write a fact between braces: {cycle.data}',
      );
      return undefined;
    }
    if (name === undefined) {
      if (part) parts.push(part);
    } else {
      const count = countInText(name, offset + 1);
      const fact = {
        kind: 'fact' as const,
        name: factName(name),
        span: { start: offset + 1, end: offset + 1 + name.length },
      };
      const read = count ? lowerCount(count, scene) : readFact(fact, scene, guarded);
      if (read === undefined) return undefined;
      parts.push({ fact: read });
    }
    offset += part.length;
  }
  return parts;
}

function readFact(fact: Fact, scene: Scene, guarded: Guarded): string | undefined {
  const definition = seeFact(fact, scene);
  if (!definition || !requireGuard(fact, definition, scene, guarded)) return undefined;
  noteFact(fact.name, scene);
  return fact.name;
}

/** Between braces as elsewhere: `{cycle.charges after discounts}`. */
function factName(written: string): string {
  const charges = /^\s*(\S+)\s+after\s+discounts\s*$/.exec(written)?.[1];
  return charges === undefined ? written.trim() : netName(charges);
}

function guardsOf(clauses: readonly ConditionClause[]): Guarded {
  return new Set(
    clauses.flatMap(({ kind, condition }) =>
      kind === 'unless' ? missingIn(termsOf(condition, 'or')) : knownIn(termsOf(condition, 'and')),
    ),
  );
}
