/** What usage costs: prices, what comes on top of them, tiers. */
import type { ChargeClause, TermNode, TierClause, TiersClause } from '../syntax/clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { AnyPrice, Money, Quantity, Share, Word } from '../syntax/tree.ts';
import { ConditionGrammar } from './conditions.ts';
import { plain } from './values.ts';

export class PriceGrammar extends ConditionGrammar {
  readonly charge = this.RULE('charge', (): ChargeClause | TiersClause => {
    const first = this.CONSUME(word('charge'));
    return this.OR<ChargeClause | TiersClause>([
      {
        ALT: () => {
          const price = this.SUBRULE(this.anyPrice);
          return this.node(first, { kind: 'charge' as const, price, terms: this.SUBRULE(this.terms) });
        },
      },
      { ALT: () => this.SUBRULE(this.tiers) },
    ]);
  });

  readonly anyPrice = this.RULE(
    'anyPrice',
    (): AnyPrice =>
      this.OR<AnyPrice>([{ ALT: () => this.SUBRULE(this.share) }, { ALT: () => this.SUBRULE(this.price) }]),
  );

  readonly share = this.RULE('share', (): Share => {
    const first = this.LA(1);
    const percent = this.SUBRULE(this.percentage);
    this.CONSUME(word('of'));
    return this.node(first, { kind: 'share' as const, percent, of: this.SUBRULE(this.fact) });
  });

  readonly tiers = this.RULE('tiers', (): TiersClause => {
    const first = this.LA(1);
    const model = this.OR([
      { ALT: () => this.CONSUME(word('graduated')) && this.CONSUME(word('per cycle')) && ('graduated' as const) },
      { ALT: () => this.CONSUME(word('volume per cycle')) && ('volume' as const) },
    ]);
    return this.node(first, { kind: 'tiers' as const, model, terms: this.SUBRULE(this.terms) });
  });

  readonly terms = this.RULE('terms', (): TermNode[] => {
    const terms: TermNode[] = [];
    this.MANY({
      // A comma may also stand before the first of the tiers.
      GATE: () => !this.opensTier(),
      DEF: () => {
        this.OPTION(() => this.CONSUME(t.Comma));
        terms.push(this.SUBRULE(this.term));
      },
    });
    return terms;
  });

  readonly term = this.RULE('term', (): TermNode => {
    const first = this.LA(1);
    return this.OR<TermNode>([
      {
        ALT: () => {
          this.CONSUME(word('by'));
          const step = this.SUBRULE(this.quantity);
          const next = this.OPTION(() => this.CONSUME(word('then')) && this.SUBRULE2(this.quantity));
          return this.node(first, { kind: 'by' as const, first: step, next: next ?? step });
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('plus'));
          const price = this.SUBRULE(this.price);
          const ifCharged = this.OPTION2(() => this.CONSUME(word('if charged'))) !== undefined;
          return this.node(first, { kind: 'plus' as const, price, ifCharged });
        },
      },
      {
        ALT: () => {
          const kind = this.OR2([
            { ALT: () => this.CONSUME(word('at least')) && ('at least' as const) },
            { ALT: () => this.CONSUME(word('at most')) && ('at most' as const) },
          ]);
          return this.node(first, { kind, price: this.SUBRULE2(this.price) });
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('rounded'));
          const mode = this.SUBRULE(this.roundingMode);
          this.CONSUME(word('to'));
          const decimals = this.SUBRULE(this.decimals);
          this.CONSUME(word('per'));
          return this.node(first, { kind: 'rounded' as const, mode, decimals, per: this.SUBRULE(this.perUnit) });
        },
      },
      {
        ALT: () =>
          this.CONSUME(word('counting all usage')) && this.node(first, { kind: 'counting all usage' as const }),
      },
      {
        ALT: () => {
          const which = this.OR3([
            { ALT: () => this.CONSUME(word('at the average level')) && ('average' as const) },
            { ALT: () => this.CONSUME(word('at the highest level')) && ('highest' as const) },
            { ALT: () => this.CONSUME(word('at the last level')) && ('last' as const) },
          ]);
          return this.node(first, { kind: 'at the level' as const, which });
        },
      },
      { ALT: () => this.CONSUME(word('per account')) && this.node(first, { kind: 'per account' as const }) },
    ]);
  });

  /** `2 decimals`. */
  readonly decimals = this.RULE('decimals', (): Word => {
    const number = this.CONSUME(t.NumberLiteral);
    this.CONSUME(word('decimals'));
    return this.node(number, { text: number.image });
  });

  readonly tier = this.RULE('tier', (): TierClause => {
    this.OPTION(() => this.CONSUME(t.Comma));
    const first = this.LA(1);
    const { position, bound } = this.SUBRULE(this.tierBound);
    const price = this.SUBRULE(this.tierPrice);
    return this.node(first, { kind: 'tier' as const, position, ...(bound && { bound }), ...price });
  });

  readonly tierBound = this.RULE('tierBound', (): { position: TierClause['position']; bound?: Quantity | Money } =>
    this.OR<{ position: TierClause['position']; bound?: Quantity | Money }>([
      {
        ALT: () => {
          const position = this.OR2([
            { ALT: () => this.CONSUME(word('first')) && ('first' as const) },
            { ALT: () => this.CONSUME(word('next')) && ('next' as const) },
          ]);
          return { position, bound: this.SUBRULE(this.amount) };
        },
      },
      { ALT: () => this.CONSUME(word('beyond')) && { position: 'beyond' as const } },
    ]),
  );

  readonly tierPrice = this.RULE('tierPrice', (): Pick<TierClause, 'price' | 'flatFee' | 'taken'> => {
    const first = this.LA(1);
    const found = this.OR<Pick<TierClause, 'price' | 'flatFee' | 'taken'>>([
      { ALT: () => ({ price: this.SUBRULE(this.share) }) },
      // Of a discount: what is taken of this part.
      { ALT: () => ({ taken: this.SUBRULE(this.percentage) }) },
      {
        ALT: () => {
          const amount = this.SUBRULE(this.money);
          return this.OR2<Pick<TierClause, 'price' | 'flatFee'>>([
            { ALT: () => this.CONSUME(word('per cycle')) && { flatFee: amount } },
            {
              ALT: () => {
                const block = this.SUBRULE(this.perBlock);
                return { price: this.node(first, { kind: 'price' as const, amount, ...block }) };
              },
            },
          ]);
        },
      },
    ]);
    const flatFee = this.OPTION({
      GATE: () => this.follows(this.follows(1, t.Comma) ? 2 : 1, word('plus')),
      DEF: () => {
        this.OPTION2(() => this.CONSUME(t.Comma));
        this.CONSUME(word('plus'));
        return this.SUBRULE(this.perCycle);
      },
    });
    return { ...found, ...(flatFee && { flatFee }) };
  });

  /** `2.00 EUR per cycle`: once, whatever is used. */
  readonly perCycle = this.RULE('perCycle', (): Money => {
    const money = this.SUBRULE(this.money);
    this.CONSUME(word('per cycle'));
    return money;
  });

  readonly roundingMode = this.RULE('roundingMode', (): Word => {
    const token = this.OR([
      { ALT: () => this.CONSUME(word('half even')) },
      { ALT: () => this.CONSUME(word('half up')) },
      { ALT: () => this.CONSUME(word('half down')) },
      { ALT: () => this.CONSUME(t.Name) },
    ]);
    return this.node(token, { text: this.ACTION(() => plain(token)) });
  });

  /** Whether a tier comes next, with or without a comma before it. */
  protected opensTier(): boolean {
    return this.follows(this.follows(1, t.Comma) ? 2 : 1, word('first'), word('next'), word('beyond'));
  }
}
