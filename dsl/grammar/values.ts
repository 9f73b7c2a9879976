/** Names, quantities, money, prices, dates: the words that clauses are made of. */
import { EmbeddedActionsParser, type IParserErrorMessageProvider, type IToken, type TokenType } from 'chevrotain';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type {
  Fact,
  Instant,
  Literal,
  Money,
  Node,
  Percentage,
  Price,
  Quantity,
  TypeNode,
  Value,
  Word,
} from '../syntax/tree.ts';

export class ValueGrammar extends EmbeddedActionsParser {
  /** That the grammar is sound, `test/dsl/grammar.test.ts` asks once for all; asked at every start, it costs a tenth of it. */
  constructor(messages: IParserErrorMessageProvider, skipValidations = true) {
    super(t.allTokens, { maxLookahead: 3, recoveryEnabled: false, errorMessageProvider: messages, skipValidations });
  }

  /** Gives a node the span from `first` to the last token read. */
  protected node<N>(first: IToken, parts: N): N & Node {
    return { ...parts, span: { start: first.startOffset, end: (this.LA(0).endOffset ?? 0) + 1 } };
  }

  /** Whether the token `ahead` is of the type; for decisions that need to look past what the grammar can. */
  protected follows(ahead: number, ...types: readonly TokenType[]): boolean {
    const { tokenType } = this.LA(ahead);
    return types.some((type) => tokenType === type || tokenType.CATEGORIES?.includes(type));
  }

  readonly name = this.RULE('name', (): Word => {
    const token = this.CONSUME(t.Name);
    return this.node(token, { text: token.image });
  });

  readonly path = this.RULE('path', (): Word => {
    const token = this.CONSUME(t.Path);
    return this.node(token, { text: token.image });
  });

  readonly text = this.RULE('text', (): Word => {
    const token = this.CONSUME(t.Text);
    return this.node(token, { text: token.image.replace(/^"|"$/g, '') });
  });

  /** Several plain words that are one name: `sales manager`, `customer acquired`. */
  readonly phrase = this.RULE('phrase', (): Word => {
    const first = this.LA(1);
    const words: string[] = [];
    this.AT_LEAST_ONE(() => words.push(this.CONSUME(t.Name).image));
    return this.node(first, { text: words.join(' ') });
  });

  readonly fact = this.RULE('fact', (): Fact => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.Path) }, { ALT: () => this.CONSUME(t.Name) }]);
    const afterDiscounts = this.OPTION(() => this.CONSUME(word('after discounts'))) !== undefined;
    const name = this.ACTION(() => (afterDiscounts ? netName(token.image) : token.image));
    return this.node(token, { kind: 'fact' as const, name });
  });

  readonly names = this.RULE('names', (): Word[] => {
    const names = [this.SUBRULE(this.name)];
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(word('or')) }, { ALT: () => this.CONSUME(word('and')) }]);
      names.push(this.SUBRULE2(this.name));
    });
    return names;
  });

  readonly quantity = this.RULE('quantity', (): Quantity => {
    const number = this.CONSUME(t.NumberLiteral);
    const unit = this.OPTION(() => this.SUBRULE(this.unit));
    return this.node(number, { kind: 'quantity' as const, number: number.image, ...(unit && { unit }) });
  });

  readonly unit = this.RULE('unit', (): Word => {
    const token = this.CONSUME(t.UnitWord);
    return this.node(token, { text: token.image });
  });

  readonly money = this.RULE('money', (): Money => {
    const number = this.CONSUME(t.NumberLiteral);
    const currency = this.SUBRULE(this.currency);
    return this.node(number, { kind: 'money' as const, amount: number.image, currency });
  });

  /** Of what a service measures, which may be money. */
  readonly amount = this.RULE('amount', (): Quantity | Money =>
    this.OR<Quantity | Money>([{ ALT: () => this.SUBRULE(this.money) }, { ALT: () => this.SUBRULE(this.quantity) }]),
  );

  readonly currency = this.RULE('currency', (): Word => {
    const token = this.CONSUME(t.Currency);
    return this.node(token, { text: token.image });
  });

  readonly percentage = this.RULE('percentage', (): Percentage => {
    const token = this.CONSUME(t.Percent);
    return this.node(token, { kind: 'percentage' as const, number: token.image.slice(0, -1).trimEnd() });
  });

  readonly price = this.RULE('price', (): Price => {
    const first = this.LA(1);
    const amount = this.SUBRULE(this.money);
    return this.node(first, { kind: 'price' as const, amount, ...this.SUBRULE(this.perBlock) });
  });

  readonly perBlock = this.RULE('perBlock', (): Pick<Price, 'started' | 'count' | 'per'> => {
    let count: string | undefined;
    const started = this.OR([
      { ALT: () => this.CONSUME(word('per')) && false },
      {
        ALT: () => {
          this.CONSUME(word('per started'));
          count = this.OPTION(() => this.CONSUME(t.NumberLiteral).image);
          return true;
        },
      },
    ]);
    return { started, per: this.SUBRULE(this.perUnit), ...(count !== undefined && { count }) };
  });

  /** A unit after `per` stands without a number, so it is a name there; `message` is also a keyword. */
  readonly perUnit = this.RULE('perUnit', (): Word => {
    const token = this.OR([
      { ALT: () => this.CONSUME(t.Name) },
      { ALT: () => this.CONSUME(t.UnitWord) },
      { ALT: () => this.CONSUME(word('message')) },
    ]);
    return this.node(token, { text: token.image });
  });

  readonly date = this.RULE('date', (): Literal => this.literal('date', this.CONSUME(t.LocalDate)));

  readonly timeOfDay = this.RULE('timeOfDay', (): Literal => this.literal('time', this.CONSUME(t.TimeOfDay)));

  readonly phone = this.RULE('phone', (): Literal => this.literal('phone', this.CONSUME(t.Phone)));

  readonly instant = this.RULE('instant', (): Instant => {
    const date = this.CONSUME(t.LocalDate);
    const time = this.CONSUME(t.TimeOfDay);
    const zone = this.OPTION(() => this.SUBRULE(this.zone));
    return this.node(date, { kind: 'instant' as const, date: date.image, time: time.image, ...(zone && { zone }) });
  });

  readonly zone = this.RULE('zone', (): Word => {
    const token = this.CONSUME(t.Zone);
    return this.node(token, { text: token.image });
  });

  readonly value = this.RULE(
    'value',
    (): Value =>
      this.OR<Value>([
        { ALT: () => this.SUBRULE(this.percentage) },
        { ALT: () => this.SUBRULE(this.money) },
        { ALT: () => this.SUBRULE(this.quantity) },
        { ALT: () => this.SUBRULE(this.instant) },
        { ALT: () => this.SUBRULE(this.date) },
        { ALT: () => this.SUBRULE(this.timeOfDay) },
        { ALT: () => this.SUBRULE(this.phone) },
        { ALT: () => this.literal('text', this.CONSUME(t.Text)) },
        { ALT: () => this.literal('word', this.CONSUME(t.Name)) },
        { ALT: () => this.literal('word', this.CONSUME(word('no'))) },
      ]),
  );

  readonly type = this.RULE('type', (): TypeNode => {
    const first = this.LA(1);
    const values: Word[] = [];
    const name = this.OR([
      { ALT: () => this.CONSUME(t.Name).image },
      { ALT: () => this.CONSUME(word('yes/no')).image },
      {
        ALT: () => {
          const opener = this.OR2([
            { ALT: () => this.CONSUME(word('one of')) },
            { ALT: () => this.CONSUME(word('list of')) },
          ]);
          values.push(...this.alternatives());
          return this.ACTION(() => plain(opener));
        },
      },
    ]);
    return this.node(first, { name, values });
  });

  private alternatives(): Word[] {
    const found = this.SUBRULE(this.names);
    return this.ACTION(() => found) ?? [];
  }

  protected literal(kind: Literal['kind'], token: IToken): Literal {
    return this.node(token, { kind, text: kind === 'text' ? token.image.replace(/^"|"$/g, '') : token.image });
  }
}

/** `cycle.charges after discounts` is how one says `cycle.net`. */
export function netName(charges: string): string {
  return charges.endsWith('cycle.charges') ? charges.replace(/charges$/, 'net') : `${charges} after discounts`;
}

/** A keyword as it is listed, whatever blanks the author put between its words. */
export function plain(token: IToken): string {
  return token.image.replace(/\s+/g, ' ');
}
