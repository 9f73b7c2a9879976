/** The sentences: what stands in column 0, each with its clauses. */
import type { Clause } from './clauses.ts';
import type { Fact, Literal, Node, TypeNode, Value, Word } from './tree.ts';

interface SentenceNode extends Node {
  readonly clauses: readonly Clause[];
  /** A clause could not be read: what seems to be missing may stand in it. */
  readonly broken: boolean;
  /** A row of its decision table could not be read; the others are checked. */
  readonly partial?: boolean;
}

export interface PlanSentence extends SentenceNode {
  readonly kind: 'plan';
  readonly name: Word;
  readonly title?: Word;
  readonly currency?: Word;
  readonly like?: Word;
  readonly rounding?: Word;
  readonly split?: Word;
}

export interface ContractSentence extends SentenceNode {
  readonly kind: 'contract';
  readonly name: Word;
  readonly title?: Word;
  readonly customer: Word;
  readonly plan: Word;
}

/** Sentences that consist of a name, a title and clauses: each is a rule, and has a compiler in `families/families.ts`. */
export const ruleKinds = [
  'discount',
  'tax',
  'advantage',
  'anomaly',
  'segment',
  'offer',
  'remind',
  'dunning',
  'notify',
] as const;
export type RuleKind = (typeof ruleKinds)[number];

export interface RuleSentence extends SentenceNode {
  readonly kind: RuleKind;
  readonly name: Word;
  readonly title?: Word;
  /** `, best of retention`: offers of which a customer is given one. */
  readonly oneOf?: Node & { readonly choose: 'best' | 'first'; readonly group: Word };
}

export interface TableSentence extends SentenceNode {
  readonly kind: 'table';
  readonly name: Word;
  readonly path: Word;
  readonly match: 'exact' | 'longest prefix' | 'range';
  readonly key: Fact;
  readonly otherwise?: Value;
}

export interface CalendarSentence extends SentenceNode {
  readonly kind: 'calendar';
  readonly name: Word;
  /** `customer`, `plan` or the name of a zone. */
  readonly zone: Word;
  readonly bands: readonly BandNode[];
}

export interface BandNode extends Node {
  readonly days: 'every day' | 'weekdays' | 'weekends' | 'holidays';
  readonly region?: Word;
  readonly from?: Literal;
  readonly until?: Literal;
}

export interface DeclareSentence extends SentenceNode {
  readonly kind:
    | 'declare fact'
    | 'declare service'
    | 'declare role'
    | 'declare category'
    | 'declare list'
    | 'declare zone';
  readonly name: Word;
  readonly doc?: Word;
  /** Of a fact or of what a service measures. */
  readonly type?: TypeNode;
  readonly scope?: Word;
  readonly optional?: boolean;
  readonly sentence?: Word;
  /** Of a list. */
  readonly values?: readonly Value[];
}

export interface ContentSentence extends SentenceNode {
  readonly kind: 'content';
  readonly name: Word;
  readonly path: Word;
}

export interface TestSentence extends SentenceNode {
  readonly kind: 'test';
  readonly name: Word;
}

export type Sentence =
  | PlanSentence
  | ContractSentence
  | RuleSentence
  | TableSentence
  | CalendarSentence
  | ContentSentence
  | DeclareSentence
  | TestSentence;
export type SentenceKind = Sentence['kind'];

/** Whether a sentence is one rule with a name, so that a row of a decision table can be one of its kind. */
export function isRule(sentence: Sentence): sentence is RuleSentence {
  return (ruleKinds as readonly SentenceKind[]).includes(sentence.kind);
}

/** Whether a decision table can be its body, or that of a rate in it. */
export function takesTable(sentence: Sentence): boolean {
  return sentence.kind === 'plan' || sentence.kind === 'contract' || isRule(sentence);
}
