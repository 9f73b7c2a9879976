/** Conditions and amounts. */
import type { ParserMethod } from 'chevrotain';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { EventCountNode, Expression, Fact, ItemTestNode, Predicate, Span, Value } from '../syntax/tree.ts';
import { cover } from '../syntax/tree.ts';
import { ValueGrammar } from './values.ts';

/**
 * One ladder for yes/no and for amounts, so that `(` needs no look-ahead; the checker tells them apart. Values joined by
 * `or` end where a word follows that begins a condition.
 */
export class ConditionGrammar extends ValueGrammar {
  readonly condition = this.RULE('condition', (): Expression => {
    const terms = [this.SUBRULE(this.conjunction)];
    this.MANY(() => {
      this.CONSUME(word('or'));
      terms.push(this.SUBRULE2(this.conjunction));
    });
    return this.ACTION(() => joined('or', terms));
  });

  readonly conjunction = this.RULE('conjunction', (): Expression => {
    const terms = [this.SUBRULE(this.negation)];
    // In `given`, `and` also joins items that are no conditions.
    this.MANY({
      GATE: () => this.opensOperand(2),
      DEF: () => {
        this.CONSUME(word('and'));
        terms.push(this.SUBRULE2(this.negation));
      },
    });
    return this.ACTION(() => joined('and', terms));
  });

  readonly negation: ParserMethod<[], Expression> = this.RULE(
    'negation',
    (): Expression =>
      this.OR<Expression>([
        {
          ALT: () => {
            const not = this.CONSUME(word('not'));
            const of = this.SUBRULE(this.negation);
            return this.node(not, { kind: 'not' as const, of });
          },
        },
        { ALT: () => this.SUBRULE(this.comparison) },
      ]),
  );

  readonly comparison = this.RULE('comparison', (): Expression => {
    const left = this.SUBRULE(this.sum);
    const predicate = this.OPTION(() => this.SUBRULE(this.predicate));
    return predicate ? this.ACTION(() => said(left, predicate, cover(left, predicate))) : left;
  });

  /** What is said of the fact or sum that stands before it. */
  readonly predicate = this.RULE('predicate', (): Predicate => {
    const first = this.LA(1);
    return this.OR<Predicate>([
      {
        ALT: () => {
          const operator = this.CONSUME(t.Ordering).image as '<' | '<=' | '>' | '>=';
          return this.node(first, { kind: 'comparison' as const, operator, right: this.SUBRULE(this.sum) });
        },
      },
      { ALT: () => this.CONSUME(word('is')) && this.SUBRULE(this.isWhat) },
      {
        ALT: () => {
          this.CONSUME(word('has'));
          const negated = this.OPTION(() => this.CONSUME(word('no'))) !== undefined;
          return this.node(first, { kind: 'has' as const, negated, thing: this.SUBRULE(this.phrase) });
        },
      },
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(word('include')) }, { ALT: () => this.CONSUME(word('includes')) }]);
          return this.SUBRULE(this.included);
        },
      },
      {
        ALT: () => {
          this.OR3([{ ALT: () => this.CONSUME(word('mentions')) }, { ALT: () => this.CONSUME(word('mention')) }]);
          return this.node(first, { kind: 'mentions' as const, texts: this.SUBRULE2(this.values) });
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('starts with'));
          return this.node(first, { kind: 'starts with' as const, texts: this.SUBRULE3(this.values) });
        },
      },
    ]);
  });

  /** What follows `include`: words, a fact that lists them, or what one thing ordered is like. */
  readonly included = this.RULE('included', (): Predicate => {
    const first = this.LA(1);
    return this.OR<Predicate>([
      {
        ALT: () => {
          this.OPTION(() => this.CONSUME(word('any of')));
          return this.OR2<Predicate>([
            {
              ALT: () => {
                const token = this.CONSUME(t.Path);
                const other = this.node(token, { kind: 'fact' as const, name: token.image });
                return this.node(first, { kind: 'include any of' as const, other });
              },
            },
            {
              ALT: () => {
                const values = this.SUBRULE(this.values);
                return this.node(first, { kind: 'include' as const, negated: false, values });
              },
            },
          ]);
        },
      },
      {
        ALT: () => {
          const tests = [this.SUBRULE(this.itemTest)];
          // Any other `and` goes on with the condition.
          this.MANY({
            GATE: () => this.follows(2, word('category'), word('price')),
            DEF: () => this.CONSUME(word('and')) && tests.push(this.SUBRULE2(this.itemTest)),
          });
          return this.node(first, { kind: 'include item' as const, tests });
        },
      },
    ]);
  });

  readonly itemTest = this.RULE('itemTest', (): ItemTestNode => {
    const first = this.LA(1);
    return this.OR<ItemTestNode>([
      {
        ALT: () => {
          this.CONSUME(word('category'));
          return this.node(first, { attribute: 'category' as const, values: this.SUBRULE(this.values) });
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('price'));
          const operator = this.CONSUME(t.Ordering).image as '<' | '<=' | '>' | '>=';
          return this.node(first, { attribute: 'price' as const, operator, amount: this.SUBRULE(this.money) });
        },
      },
    ]);
  });

  /** What follows `is`. */
  readonly isWhat = this.RULE('isWhat', (): Predicate => {
    const first = this.LA(1);
    return this.OR<Predicate>([
      { ALT: () => this.node(this.CONSUME(word('known')), { kind: 'state' as const, state: 'known' as const }) },
      { ALT: () => this.node(this.CONSUME(word('missing')), { kind: 'state' as const, state: 'missing' as const }) },
      {
        ALT: () => {
          const negated = this.OPTION(() => this.CONSUME(word('not'))) !== undefined;
          const within = this.OPTION2(() => this.CONSUME(word('in'))) !== undefined;
          const values = this.SUBRULE(this.values);
          return this.node(first, { kind: within ? ('is in' as const) : ('is' as const), negated, values });
        },
      },
    ]);
  });

  /**
   * A cell of a decision table below the fact of its column: `zone_1 or zone_2`, `not DE`, `in eu`, `>= 10 GB and < 20 GB`,
   * `starts with "+49"`. `and` and `or` join whole tests only where each begins with its own comparison.
   */
  readonly cell = this.RULE('cell', (): Cell => {
    const tests = [this.SUBRULE(this.cellTest)];
    let joint: Cell['joint'] = 'and';
    this.OR([
      { ALT: () => this.AT_LEAST_ONE(() => this.CONSUME(word('and')) && tests.push(this.SUBRULE2(this.cellTest))) },
      {
        ALT: () => {
          joint = 'or';
          this.AT_LEAST_ONE2(() => this.CONSUME(word('or')) && tests.push(this.SUBRULE3(this.cellTest)));
        },
      },
      { ALT: () => undefined },
    ]);
    return { joint, tests };
  });

  readonly cellTest = this.RULE(
    'cellTest',
    (): Predicate => this.OR([{ ALT: () => this.SUBRULE(this.predicate) }, { ALT: () => this.SUBRULE(this.isWhat) }]),
  );

  readonly values = this.RULE('values', (): Value[] => {
    const values = [this.SUBRULE(this.value)];
    this.MANY({
      GATE: () => !this.opensCondition(2),
      DEF: () => {
        this.CONSUME(word('or'));
        values.push(this.SUBRULE2(this.value));
      },
    });
    return values;
  });

  readonly sum = this.RULE('sum', (): Expression => {
    let left = this.SUBRULE(this.product);
    this.MANY(() => {
      const operator = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      const right = this.SUBRULE2(this.product);
      left = this.ACTION(() => ({ kind: operator.image as '+' | '-', left, right, span: cover(left, right) }));
    });
    return left;
  });

  readonly product = this.RULE('product', (): Expression => {
    let left = this.SUBRULE(this.primary);
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Times) }, { ALT: () => this.CONSUME(word('of')) }]);
      const right = this.SUBRULE2(this.primary);
      left = this.ACTION(() => ({ kind: '*' as const, left, right, span: cover(left, right) }));
    });
    return left;
  });

  readonly primary: ParserMethod<[], Expression> = this.RULE(
    'primary',
    (): Expression =>
      this.OR<Expression>([
        {
          ALT: () => {
            this.CONSUME(t.LeftParen);
            const inner = this.SUBRULE(this.condition);
            this.CONSUME(t.RightParen);
            return this.ACTION(() =>
              inner.kind === 'and' || inner.kind === 'or' ? { ...inner, grouped: true } : inner,
            );
          },
        },
        {
          ALT: () => {
            const first = this.LA(1);
            const of = this.SUBRULE(this.fact);
            const value = this.OPTION(() => {
              this.CONSUME(word('if missing'));
              return this.SUBRULE(this.value);
            });
            return value ? this.node(first, { kind: 'if missing' as const, of, value }) : of;
          },
        },
        { ALT: () => this.SUBRULE(this.eventCount) },
        { ALT: () => this.SUBRULE(this.percentage) },
        { ALT: () => this.SUBRULE(this.money) },
        { ALT: () => this.SUBRULE(this.quantity) },
        { ALT: () => this.SUBRULE(this.instant) },
        { ALT: () => this.SUBRULE(this.date) },
        { ALT: () => this.SUBRULE(this.timeOfDay) },
      ]),
  );

  readonly eventCount = this.RULE('eventCount', (): EventCountNode => {
    const first = this.CONSUME(word('count of'));
    const service = this.SUBRULE(this.name);
    const to = this.OPTION(() => this.CONSUME(word('to')) && this.SUBRULE(this.names)) ?? [];
    this.CONSUME(word('in'));
    const within = this.SUBRULE(this.quantity);
    return this.node(first, { kind: 'count' as const, service, to, within });
  });

  /** A word that is followed by `.` or by a predicate begins a condition; anything else goes on with the list. */
  protected opensCondition(ahead: number): boolean {
    if (this.follows(ahead, word('not'), word('count of'), t.LeftParen, t.Path)) return true;
    return this.follows(ahead, t.Name) && this.follows(ahead + 1, t.Ordering, ...predicates);
  }

  private opensOperand(ahead: number): boolean {
    if (this.opensCondition(ahead) || this.follows(ahead, t.NumberLiteral, t.Percent, t.LocalDate)) return true;
    return this.follows(ahead, t.Name) && this.follows(ahead + 1, t.Plus, t.Minus, t.Times);
  }
}

const predicates = (
  ['is', 'has', 'include', 'includes', 'mention', 'mentions', 'starts with', 'if missing'] as const
).map(word);

function joined(kind: 'and' | 'or', terms: readonly Expression[]): Expression {
  const [first] = terms;
  const last = terms.at(-1);
  return terms.length === 1 || !first || !last ? first! : { kind, terms, span: cover(first, last) };
}

/** A cell of a decision table; `tests` are joined by the one word. */
export interface Cell {
  readonly joint: 'and' | 'or';
  readonly tests: readonly Predicate[];
}

/** The condition that a predicate makes of what stands before it, or above it in a decision table. */
export function said(left: Expression, predicate: Predicate, span: Span): Expression {
  switch (predicate.kind) {
    case 'state':
      return { ...predicate, of: left, span };
    case 'has':
      return { ...predicate, owner: left as Fact, span };
    default:
      return { ...predicate, left, span };
  }
}
