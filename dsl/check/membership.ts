/** Conditions that compare with words: `is`, `is in`, `include`, `has`, `mentions`, `starts with`. */
import type { Condition, FactDefinition } from '../../engine/rule-set.ts';
import type { Expression, Fact, Membership, Possession, TextSearch, Value } from '../syntax/tree.ts';
import { agree, describe, isAmountType, lowerAmount } from './amounts.ts';
import { compare, type Lowered } from './compare.ts';
import { noteFact } from './facts-read.ts';
import { type Guarded, requireGuard } from './guards.ts';
import { nearest } from './nearest.ts';
import { type Scene, seeFact, visibleFacts } from './scene.ts';
import { isSaidOf, literalIn, textOf } from './stand-ins.ts';

export function lowerMembership(expression: Membership, scene: Scene, guarded: Guarded): Lowered {
  const { left } = expression;
  const held = literalIn(left);
  if (held) return isSaidOf(held, expression, scene);
  if (left.kind !== 'fact') {
    const amounts = lowerAmount(left, scene, guarded);
    if (amounts)
      scene.report(
        'wrong-type',
        left.span,
        'a sum cannot be compared with `is`',
        'compare it with `<`, `<=`, `>` or `>=`',
      );
    return undefined;
  }
  if (left.name === 'time' && !scene.book.facts.has('time')) return inCalendars(expression, scene);
  if (isSegment(left, expression, scene)) return inSegments(left, expression, scene);
  const said = saidOf(left, expression, scene);
  if (said !== undefined) return statement(said, expression, left, scene, guarded);
  const definition = seeFact(left, scene);
  if (!definition || !requireGuard(left, definition, scene, guarded)) return undefined;
  noteFact(left.name, scene);
  if (expression.kind === 'is in') return inLists(expression, definition, scene);
  if (isAmountType(definition.type)) return equalAmounts(expression, scene, guarded);
  const values = expression.values.map((value) => wordFor(value, definition, scene));
  if (values.some((value) => value === undefined)) return undefined;
  return ofWords(expression, definition, values as (string | boolean)[], scene);
}

export function lowerPossession(expression: Possession, scene: Scene, guarded: Guarded): Lowered {
  if ((expression.owner as Expression).kind !== 'fact') {
    scene.report(
      'not-a-condition',
      expression.owner.span,
      'an amount has nothing',
      'write a fact that is said this way: `customer has app account`',
    );
    return undefined;
  }
  return statement(
    `${expression.owner.name} has ${expression.thing.text}`,
    expression,
    expression.owner,
    scene,
    guarded,
  );
}

export function lowerTextSearch(expression: TextSearch, scene: Scene, guarded: Guarded): Lowered {
  const { left } = expression;
  const fact = left.kind === 'fact' ? left : undefined;
  if (!fact) {
    scene.report(
      'wrong-type',
      left.span,
      'words are searched in a fact that is a text',
      left.kind === 'if missing'
        ? 'write `(x is known and x mentions …)`: in what is missing nothing is found'
        : 'write the name of a fact',
    );
    return undefined;
  }
  const definition = seeFact(fact, scene);
  if (!definition || !requireGuard(fact, definition, scene, guarded)) return undefined;
  if (!['text', 'phone', 'network'].includes(definition.type.kind)) {
    scene.report(
      'wrong-type',
      left.span,
      `\`${fact.name}\` is ${describe(definition.type)}, not a text`,
      'search in a fact that is a text',
    );
    return undefined;
  }
  noteFact(fact.name, scene);
  const words = expression.texts.map(textOf);
  const derived =
    expression.kind === 'mentions'
      ? [
          {
            name: `${fact.name} mentions ${words.join(' or ')}`,
            expression: { op: 'mentions' as const, fact: fact.name, words },
          },
        ]
      : words.map((prefix) => ({
          name: `${fact.name} starts with ${prefix}`,
          expression: { op: 'starts with' as const, fact: fact.name, prefix },
        }));
  const conditions = derived.map((found): Condition => {
    scene.book.derived.set(found.name, { ...found, type: { kind: 'boolean' } });
    return { fact: found.name, operator: 'equal', value: true };
  });
  return anyOf(conditions);
}

/** A word or text as the value of a fact, checked against the fact's type. */
export function wordFor(value: Value, definition: FactDefinition, scene: Scene): string | boolean | undefined {
  const { type } = definition;
  if (type.kind === 'network' && value.kind === 'quantity' && !value.unit) return value.number;
  if (value.kind !== 'word' && value.kind !== 'text' && value.kind !== 'phone')
    return wrongValue(value, definition, scene);
  if (type.kind === 'boolean')
    return value.text === 'yes' || value.text === 'no' ? value.text === 'yes' : wrongValue(value, definition, scene);
  const known = knownWords(definition, scene);
  if (!known || known.includes(value.text)) return value.text;
  const guess = nearest(value.text, known);
  const code =
    definition.name === 'subscription.plan'
      ? 'unknown-plan'
      : definition.name.endsWith('.service')
        ? 'unknown-service'
        : 'unknown-value';
  scene.report(
    code,
    value.span,
    `\`${definition.name}\` is never \`${value.text}\``,
    guess ? `did you mean \`${guess}\`?` : `it is one of: ${known.slice(0, 12).join(', ')}`,
  );
  return undefined;
}

/** The words a fact can have, if there is a list of them. */
export function knownWords(definition: FactDefinition, scene: Pick<Scene, 'book'>): readonly string[] | undefined {
  if (definition.name === 'subscription.plan') return [...scene.book.plans.keys()];
  if (definition.name === 'customer.segments') return [...scene.book.segments.keys()];
  if (definition.name === 'line.fiscal_category') return ['', ...scene.book.categories];
  if (definition.name === 'event.service') return [...scene.book.services.keys()];
  if (definition.name === 'line.service') return ['', ...scene.book.services.keys()];
  return definition.type.kind === 'enum' || definition.type.kind === 'list' ? definition.type.values : undefined;
}

function ofWords(
  expression: Membership,
  definition: FactDefinition,
  values: readonly (string | boolean)[],
  scene: Scene,
): Lowered {
  const fact = definition.name;
  const includes = expression.kind === 'include';
  if (includes !== (definition.type.kind === 'list')) {
    scene.report(
      'wrong-type',
      expression.span,
      `\`${fact}\` is ${describe(definition.type)}`,
      definition.type.kind === 'items'
        ? 'say what one of them is like: `include category …`, `include price > …`'
        : includes
          ? 'write `is` instead of `include`'
          : 'write `include` instead of `is`',
    );
    return undefined;
  }
  if (includes) return anyOf(values.map((value): Condition => ({ fact, operator: 'contains', value })));
  const [first, ...others] = new Set(values);
  // Whatever is known is either.
  if (typeof first === 'boolean' && others.length > 0) return !expression.negated;
  if (others.length === 0 && first !== undefined)
    return { fact, operator: expression.negated ? 'notEqual' : 'equal', value: first };
  return { fact, operator: expression.negated ? 'notIn' : 'in', value: values.map(String).sort() };
}

function equalAmounts(expression: Membership, scene: Scene, guarded: Guarded): Lowered {
  const left = lowerAmount(expression.left, scene, guarded);
  const conditions = expression.values.map((value) => {
    const right =
      value.kind === 'word' || value.kind === 'text' || value.kind === 'phone'
        ? undefined
        : lowerAmount(value, scene, guarded);
    if (!left || !right || !agree(left.type, right.type)) {
      if (left)
        scene.report(
          'wrong-unit',
          value.span,
          'this is not an amount of the same kind',
          'write a quantity in a unit of the left side',
        );
      return undefined;
    }
    const found = compare(left, '>=', right, scene);
    return typeof found === 'object' && 'fact' in found ? ({ ...found, operator: 'equal' } as Condition) : found;
  });
  if (conditions.some((condition) => typeof condition !== 'object')) return undefined;
  const found = anyOf(conditions as Condition[]);
  return expression.negated ? { not: found } : found;
}

function inLists(expression: Membership, definition: FactDefinition, scene: Scene): Lowered {
  const values = new Set<string>();
  if (!['text', 'phone', 'network', 'enum'].includes(definition.type.kind)) {
    scene.report(
      'wrong-type',
      expression.left.span,
      `\`${definition.name}\` is ${describe(definition.type)}, and lists have words`,
      definition.type.kind === 'list' ? 'write `include` with the words' : 'compare it with its own kind of value',
    );
    return undefined;
  }
  const known = knownWords(definition, scene);
  const lookedUp = scene.book.derivations.has(definition.name);
  for (const value of expression.values) {
    const name = value.kind === 'word' ? value.text : '';
    const list = scene.book.lists.get(name);
    if (!list) {
      const guess = nearest(name, scene.book.lists.keys());
      scene.report(
        'unknown-list',
        value.span,
        `there is no list \`${name}\``,
        guess ? `did you mean \`${guess}\`?` : `declare it: \`declare list ${name || 'eu'} is … or …\``,
      );
      return undefined;
    }
    const never = known ? list.filter((item) => !known.includes(item)) : [];
    // A list may go beyond the rows of a table; it may not miss them altogether.
    if (never.length > 0 && (!lookedUp || never.length === list.length)) {
      const guess = nearest(never[0] ?? '', known ?? []);
      scene.report(
        'unknown-value',
        value.span,
        `\`${name}\` has \`${never[0]}\`, which \`${definition.name}\` never is`,
        guess ? `did you mean \`${guess}\`?` : `it is one of: ${(known ?? []).slice(0, 12).join(', ')}`,
      );
      return undefined;
    }
    for (const item of list) values.add(item);
  }
  return { fact: definition.name, operator: expression.negated ? 'notIn' : 'in', value: [...values].sort() };
}

function inCalendars(expression: Membership, scene: Scene): Lowered {
  const conditions = expression.values.map((value): Condition | undefined => {
    const name = value.kind === 'word' ? value.text : '';
    if (!scene.book.calendars.has(name)) {
      const guess = nearest(name, scene.book.calendars.keys());
      scene.report(
        'unknown-value',
        value.span,
        `there is no calendar \`${name}\``,
        guess ? `did you mean \`${guess}\`?` : 'describe it with a `calendar` sentence',
      );
      return undefined;
    }
    noteFact(`time.${name}`, scene);
    return { fact: `time.${name}`, operator: 'equal', value: true };
  });
  if (conditions.some((condition) => !condition)) return undefined;
  const found = anyOf(conditions as Condition[]);
  if (!expression.negated) return found;
  return 'fact' in found ? { ...found, value: false } : { not: found };
}

/** `customer is gamer or traveller`; a word that no fact is said with is meant as a segment too. */
function isSegment(left: Fact, { kind, values }: Membership, { book }: Scene): boolean {
  if (left.name !== 'customer' || kind !== 'is') return false;
  return values.length > 1 || values.some((value) => 'text' in value && book.segments.has(value.text));
}

function inSegments(left: Fact, expression: Membership, scene: Scene): Lowered {
  const definition = seeFact({ ...left, name: 'customer.segments' }, scene);
  if (!definition) return undefined;
  const values = expression.values.map((value) => wordFor(value, definition, scene));
  if (values.includes(undefined)) return undefined;
  const fact = definition.name;
  if (!expression.negated)
    return anyOf(values.map((value): Condition => ({ fact, operator: 'contains', value: value! })));
  const none = values.map((value): Condition => ({ fact, operator: 'doesNotContain', value: value! }));
  return none.length === 1 ? none[0] : { all: none };
}

/** `subscription is paid`: how a yes/no fact is said, if what is written has that form. */
function saidOf(left: Fact, expression: Membership, scene: Scene): string | undefined {
  const [value] = expression.values;
  if (
    expression.kind !== 'is' ||
    expression.values.length !== 1 ||
    value?.kind !== 'word' ||
    scene.book.facts.has(left.name)
  )
    return undefined;
  return sentences(scene).some(({ sentence }) => sentence?.startsWith(`${left.name} `))
    ? `${left.name} is ${value.text}`
    : undefined;
}

function statement(
  said: string,
  expression: Membership | Possession,
  at: Fact,
  scene: Scene,
  guarded: Guarded,
): Lowered {
  const definition = sentences(scene).find((fact) => fact.sentence === said);
  if (!definition) return unknownSentence(said, expression, scene);
  const fact: Fact = { ...at, name: definition.name };
  if (!seeFact(fact, scene) || !requireGuard(fact, definition, scene, guarded)) return undefined;
  return { fact: definition.name, operator: 'equal', value: !expression.negated };
}

function sentences(scene: Scene): readonly FactDefinition[] {
  return [...scene.book.facts.values()].filter((fact) => fact.sentence !== undefined);
}

function unknownSentence(sentence: string, at: Membership | Possession, scene: Scene): undefined {
  const segments = at.kind === 'is' ? [...scene.book.segments.keys()].map((name) => `customer is ${name}`) : [];
  const known = [...visibleFacts(scene).flatMap((fact) => fact.sentence ?? []), ...segments];
  const guess = nearest(sentence, known);
  scene.report(
    'unknown-fact',
    at.span,
    `nothing is known about \`${sentence}\``,
    guess ? `did you mean \`${guess}\`?` : `facts that are said this way: ${known.join('; ') || 'none here'}`,
  );
  return undefined;
}

function wrongValue(value: Value, definition: FactDefinition, scene: Scene): undefined {
  scene.report(
    'wrong-type',
    value.span,
    `\`${definition.name}\` is ${describe(definition.type)}`,
    definition.type.kind === 'boolean'
      ? 'write `is yes` or `is no`'
      : 'compare it with a word, or with a text in quotes',
  );
  return undefined;
}

function anyOf(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  return conditions.length === 1 && only ? only : { any: conditions };
}
