/** Conditions and amounts. */
import type { ParserMethod } from 'chevrotain';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Expression, Fact, Value } from '../syntax/tree.ts';
import { cover } from '../syntax/tree.ts';
import { ValueGrammar } from './values.ts';

/**
 * ```
 * condition  := conjunction (or conjunction)*
 * conjunction := negation (and negation)*
 * negation   := not negation | comparison
 * comparison := sum (ordering sum | is … | has … | include … | mentions … | starts with …)?
 * sum        := product ((+ | -) product)*
 * product    := primary (* primary)*
 * primary    := ( condition ) | fact (if missing value)? | value
 * values     := value (or value)*       until a word follows that begins a condition
 * ```
 *
 * One ladder for yes/no and for amounts, so that `(` needs no look-ahead; the checker tells them apart.
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
    const first = this.LA(1);
    const left = this.SUBRULE(this.sum);
    return (
      this.OPTION(() =>
        this.OR<Expression>([
          {
            ALT: () => {
              const operator = this.CONSUME(t.Ordering).image as '<' | '<=' | '>' | '>=';
              const right = this.SUBRULE2(this.sum);
              return this.node(first, { kind: 'comparison' as const, operator, left, right });
            },
          },
          {
            ALT: () => {
              this.CONSUME(word('is'));
              const rest = this.SUBRULE(this.isWhat);
              return this.node(first, { left, ...rest, ...(rest.kind === 'state' && { of: left }) } as Expression);
            },
          },
          {
            ALT: () => {
              this.CONSUME(word('has'));
              const negated = this.OPTION2(() => this.CONSUME(word('no'))) !== undefined;
              const thing = this.SUBRULE(this.phrase);
              return this.node(first, { kind: 'has' as const, owner: left as Fact, negated, thing });
            },
          },
          {
            ALT: () => {
              this.OR2([{ ALT: () => this.CONSUME(word('include')) }, { ALT: () => this.CONSUME(word('includes')) }]);
              const values = this.SUBRULE(this.values);
              return this.node(first, { kind: 'include' as const, left, negated: false, values });
            },
          },
          {
            ALT: () => {
              this.OR3([{ ALT: () => this.CONSUME(word('mentions')) }, { ALT: () => this.CONSUME(word('mention')) }]);
              const texts = this.SUBRULE2(this.values);
              return this.node(first, { kind: 'mentions' as const, left, texts });
            },
          },
          {
            ALT: () => {
              this.CONSUME(word('starts with'));
              const texts = this.SUBRULE3(this.values);
              return this.node(first, { kind: 'starts with' as const, left, texts });
            },
          },
        ]),
      ) ?? left
    );
  });

  /** What follows `is`. */
  readonly isWhat = this.RULE('isWhat', () =>
    this.OR([
      { ALT: () => this.CONSUME(word('known')) && { kind: 'state' as const, state: 'known' as const } },
      { ALT: () => this.CONSUME(word('missing')) && { kind: 'state' as const, state: 'missing' as const } },
      {
        ALT: () => {
          const negated = this.OPTION(() => this.CONSUME(word('not'))) !== undefined;
          const within = this.OPTION2(() => this.CONSUME(word('in'))) !== undefined;
          const values = this.SUBRULE(this.values);
          return { kind: within ? ('is in' as const) : ('is' as const), negated, values };
        },
      },
    ]),
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
      this.CONSUME(t.Times);
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
        { ALT: () => this.SUBRULE(this.percentage) },
        { ALT: () => this.SUBRULE(this.money) },
        { ALT: () => this.SUBRULE(this.quantity) },
        { ALT: () => this.SUBRULE(this.instant) },
        { ALT: () => this.SUBRULE(this.date) },
        { ALT: () => this.SUBRULE(this.timeOfDay) },
      ]),
  );

  /** A word that is followed by `.` or by a predicate begins a condition; anything else goes on with the list. */
  protected opensCondition(ahead: number): boolean {
    if (this.follows(ahead, word('not'), t.LeftParen, t.Path)) return true;
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
