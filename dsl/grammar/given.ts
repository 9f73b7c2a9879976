/** The clauses of tests: what is given. */
import type { GivenClause, GivenItem, HistoryNode, OrderNode, UsageNode } from '../syntax/test-clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Instant, Literal, Money, Quantity, Word } from '../syntax/tree.ts';
import { EngagementGrammar } from './engagement.ts';

export class GivenGrammar extends EngagementGrammar {
  readonly given = this.RULE('given', (): GivenClause => {
    const first = this.CONSUME(word('given'));
    const items = [this.SUBRULE(this.givenItem)];
    this.MANY(() => {
      this.CONSUME(word('and'));
      items.push(this.SUBRULE2(this.givenItem));
    });
    return this.node(first, { kind: 'given' as const, items });
  });

  readonly givenItem = this.RULE('givenItem', (): GivenItem => {
    const first = this.LA(1);
    return this.OR<GivenItem>([
      {
        ALT: () =>
          this.CONSUME(word('plan')) && this.node(first, { kind: 'plan' as const, name: this.SUBRULE(this.name) }),
      },
      {
        ALT: () =>
          this.CONSUME(word('contract')) &&
          this.node(first, { kind: 'contract' as const, name: this.SUBRULE2(this.name) }),
      },
      {
        GATE: () => this.follows(2, word('lines in the group')),
        ALT: () => {
          const { image } = this.CONSUME(t.NumberLiteral);
          this.CONSUME(word('lines in the group'));
          return this.node(first, { kind: 'members' as const, count: image });
        },
      },
      {
        GATE: () => this.follows(2, t.UnitWord),
        ALT: () => {
          const quantity = this.SUBRULE(this.quantity);
          this.CONSUME(word('of'));
          const service = this.SUBRULE3(this.name);
          this.CONSUME(word('left over'));
          return this.node(first, { kind: 'balance' as const, quantity, service });
        },
      },
      {
        GATE: () => this.follows(2, t.Currency),
        ALT: () => this.SUBRULE(this.givenAmount),
      },
      {
        ALT: () =>
          this.CONSUME(word('it is')) &&
          this.node(first, { kind: 'clock' as const, instant: this.SUBRULE(this.instant) }),
      },
      {
        GATE: () => this.LA(1).image === 'zone',
        ALT: () => this.CONSUME(t.Name) && this.node(first, { kind: 'zone' as const, zone: this.SUBRULE(this.zone) }),
      },
      {
        ALT: () => {
          this.CONSUME(word('advantage'));
          const rule = this.SUBRULE5(this.name);
          const amount = this.SUBRULE2(this.money);
          this.CONSUME(word('this year'));
          return this.node(first, { kind: 'told' as const, rule, amount });
        },
      },
      { ALT: () => this.CONSUME(word('no history')) && this.node(first, { kind: 'history' as const, usage: [] }) },
      { ALT: () => this.SUBRULE(this.history) },
      { GATE: () => this.opensOrder(), ALT: () => this.SUBRULE(this.order) },
      { GATE: () => this.opensUsage(), ALT: () => this.SUBRULE(this.usage) },
      {
        GATE: () => this.opensCondition(1),
        ALT: () => this.node(first, { kind: 'statement' as const, expression: this.SUBRULE(this.comparison) }),
      },
      { ALT: () => this.node(first, { kind: 'happening' as const, event: this.SUBRULE(this.phrase) }) },
    ]);
  });

  readonly history = this.RULE('history', (): HistoryNode => {
    const first = this.CONSUME(word('history of'));
    const cycles = this.SUBRULE(this.quantity);
    this.CONSUME(word('with'));
    const usage: { quantity: Quantity | Money; service: Word }[] = [];
    let charges: Quantity | Money | undefined;
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const quantity = this.SUBRULE(this.amount);
        this.CONSUME(word('of'));
        this.OR([
          {
            ALT: () => {
              this.CONSUME(word('charges'));
              charges = quantity;
            },
          },
          { ALT: () => usage.push({ quantity, service: this.SUBRULE(this.name) }) },
        ]);
      },
    });
    return this.node(first, { kind: 'history' as const, cycles, usage, ...(charges && { charges }) });
  });

  readonly order = this.RULE('order', (): OrderNode => {
    const first = this.CONSUME(t.Name);
    this.CONSUME2(t.Name);
    this.CONSUME(word('of'));
    const items: OrderNode['items'][number][] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const category = this.SUBRULE(this.category);
        this.CONSUME(word('for'));
        items.push({ category, price: this.SUBRULE(this.money) });
      },
    });
    return this.node(first, { kind: 'order' as const, items });
  });

  readonly category = this.RULE(
    'category',
    (): Literal =>
      this.OR([
        { ALT: () => this.literal('text', this.CONSUME(t.Text)) },
        { ALT: () => this.literal('word', this.CONSUME(t.Name)) },
      ]),
  );

  /** `by line 2`. */
  readonly lineOfUsage = this.RULE('lineOfUsage', (): Word => {
    this.CONSUME(word('by line'));
    const token = this.CONSUME(t.NumberLiteral);
    return this.node(token, { text: token.image });
  });

  /** `as part 2 of "a call"`. */
  readonly partOfSession = this.RULE('partOfSession', (): NonNullable<UsageNode['part']> => {
    const opening = this.CONSUME(word('as part'));
    const { image } = this.CONSUME(t.NumberLiteral);
    this.CONSUME(word('of'));
    return this.node(opening, { number: image, session: this.SUBRULE(this.text) });
  });

  readonly usage = this.RULE('usage', (): UsageNode => {
    const first = this.LA(1);
    const count = this.OR([
      { ALT: () => this.CONSUME(t.NumberLiteral).image },
      { ALT: () => this.CONSUME(t.Name) && '1' },
    ]);
    const service = this.SUBRULE(this.name);
    this.CONSUME2(t.Name);
    const quantity = this.OPTION(() => this.CONSUME(word('of')) && this.SUBRULE(this.amount));
    let line: Word | undefined;
    let part: UsageNode['part'];
    let isLess: true | undefined;
    let to: Literal | undefined;
    let network: Word | undefined;
    let at: Instant | undefined;
    let direction: UsageNode['direction'] = 'outgoing';
    this.MANY({
      GATE: () => !this.follows(1, t.Name) || /^(incoming|outgoing)$/.test(this.LA(1).image),
      DEF: () =>
        this.OR2([
          {
            ALT: () => {
              to = this.CONSUME(word('to')) && this.SUBRULE(this.phone);
            },
          },
          {
            ALT: () => {
              line = this.SUBRULE(this.lineOfUsage);
            },
          },
          {
            ALT: () => {
              this.CONSUME(word('less'));
              isLess = true;
            },
          },
          {
            ALT: () => {
              part = this.SUBRULE(this.partOfSession);
            },
          },
          {
            ALT: () => {
              network = this.CONSUME(word('in')) && this.SUBRULE(this.networkCode);
            },
          },
          {
            ALT: () => {
              at = this.CONSUME(word('at')) && this.SUBRULE(this.instant);
            },
          },
          {
            ALT: () => {
              direction = this.CONSUME3(t.Name).image === 'incoming' ? 'incoming' : 'outgoing';
            },
          },
        ]),
    });
    const details = {
      ...(quantity && { quantity }),
      ...(line && { line }),
      ...(part && { part }),
      ...(isLess && { isLess }),
      ...(to && { to }),
      ...(network && { network }),
      ...(at && { at }),
    };
    return this.node(first, { kind: 'usage' as const, count, service, direction, ...details });
  });

  /** `network 26201`. */
  readonly networkCode = this.RULE('networkCode', (): Word => {
    this.CONSUME(t.Name);
    const token = this.CONSUME(t.NumberLiteral);
    return this.node(token, { text: token.image });
  });

  private opensOrder(): boolean {
    return this.LA(1).image === 'an' && this.LA(2).image === 'order';
  }

  /** `a voice event`, `200 sms events`; anything else that starts with a name is a fact or a happening. */
  private opensUsage(): boolean {
    return (
      (this.follows(1, t.NumberLiteral) && this.follows(2, t.Name)) ||
      (/^an?$/.test(this.LA(1).image) && this.follows(2, t.Name))
    );
  }
}
