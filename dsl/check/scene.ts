/** Which facts a rule can see, and why not the others. */
import type { FactDefinition, Scope } from '../../engine/rule-set.ts';
import type { Report } from '../diagnostic.ts';
import type { Fact } from '../syntax/tree.ts';
import type { Book } from './book.ts';
import { nearest } from './nearest.ts';

/** Where a condition stands. */
export interface Scene {
  readonly book: Book;
  readonly report: Report;
  /** What the rule decides about; it sees facts of this scope and of the wider ones. */
  readonly scope: Scope;
  /** Facts that it sees besides: a rule on an invoice looks at the subscription and at the invoice that it is part of. */
  readonly beside?: Scope;
  /** Rules of the bill cycle know usage and history; rules on business events do not. */
  readonly billed: boolean;
  /** How far the bill is when the rule decides. */
  readonly stage: Stage;
  /** A segment is decided before all that reads it, and over all orders of the customer. */
  readonly segmenting?: true;
  /** Where there is one, amounts must be in it. */
  readonly currency?: string;
}

/** In the order of the bill. */
export type Stage = 'rating' | 'discounts' | 'done';

const wider: Readonly<Record<Scope, readonly Scope[]>> = {
  portion: ['portion', 'event', 'subscription', 'group', 'account', 'customer'],
  event: ['event', 'subscription', 'group', 'account', 'customer'],
  line: ['line', 'subscription', 'group', 'account', 'customer'],
  subscription: ['subscription', 'group', 'account', 'customer'],
  group: ['group', 'account', 'customer'],
  account: ['account', 'customer'],
  customer: ['customer'],
  order: ['order', 'customer'],
  invoice: ['invoice', 'account', 'customer'],
  payment: ['payment', 'invoice', 'account', 'customer'],
  message: ['message', 'customer'],
  link: ['link', 'customer'],
};

/** Facts that only exist once the stage they name is over. */
const worksOut: Readonly<Record<string, Stage>> = {
  'cycle.charges': 'rating',
  'account.cycle.charges': 'rating',
  'cycle.net': 'discounts',
  'account.cycle.net': 'discounts',
  'account.credit': 'discounts',
  'line.net': 'rating',
};

/** The fact of this name, if there is one and the rule can see it; reports otherwise. */
export function seeFact(fact: Fact, scene: Scene): FactDefinition | undefined {
  const definition = scene.book.facts.get(fact.name);
  if (!definition) {
    const guess = nearest(
      fact.name,
      visibleFacts(scene).map(({ name }) => name),
    );
    const help = guess
      ? `did you mean \`${guess}\`?`
      : 'use a fact of the vocabulary, or declare one with `declare fact`';
    scene.report('unknown-fact', fact.span, `there is no fact \`${fact.name}\``, help);
    return undefined;
  }
  if (scene.segmenting && definition.scope === 'order') return reportOneOrder(fact, scene);
  if (scene.segmenting && definition.name === 'customer.segments') {
    scene.report(
      'not-known-yet',
      fact.span,
      'a segment cannot be told by other segments: all of them are worked out at once',
      'write the conditions of the other segment here',
    );
    return undefined;
  }
  if (!isVisible(definition, scene)) {
    const seen = [...new Set(visibleFacts(scene).map(({ name }) => name.split('.')[0]))].filter(
      (name) => scene.book.facts.has(`${name}`) === false,
    );
    scene.report(
      'out-of-scope',
      fact.span,
      `\`${fact.name}\` is not known here`,
      `this rule can read facts of: ${seen.join(', ')}`,
    );
    return undefined;
  }
  const stage = worksOut[fact.name];
  if (stage && (scene.stage === stage || scene.stage === 'rating')) {
    scene.report(
      'not-known-yet',
      fact.span,
      `\`${fact.name}\` is worked out only after ${stage === 'rating' ? 'all usage is rated' : 'the discounts'}`,
      'use a fact that is known by then',
    );
    return undefined;
  }
  return definition;
}

function reportOneOrder(fact: Fact, { report }: Scene): undefined {
  report(
    'out-of-scope',
    fact.span,
    `a segment looks at all orders of the customer, and \`${fact.name}\` is of one`,
    'ask what was bought in any of them: `order.items include category …`',
  );
  return undefined;
}

export function visibleFacts(scene: Pick<Scene, 'book' | 'scope' | 'beside' | 'billed'>): readonly FactDefinition[] {
  return [...scene.book.facts.values()].filter((fact) => fact.name !== 'always' && isVisible(fact, scene));
}

/** Whether a rule about `scope` knows what belongs to another. */
export function seesScope(scope: Scope, other: Scope): boolean {
  return wider[scope].includes(other);
}

function isVisible(fact: FactDefinition, scene: Pick<Scene, 'scope' | 'beside' | 'billed'>): boolean {
  if (!scene.billed && /^(account\.)?(cycle|history)\./.test(fact.name)) return false;
  return (
    fact.name === 'at' || fact.name === 'date' || wider[scene.scope].includes(fact.scope) || fact.scope === scene.beside
  );
}
