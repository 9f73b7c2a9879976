/** The clauses of tests: what is given, what is expected. */
import type { GiftTermNodes } from '../syntax/gift-clauses.ts';
import type {
  ExpectClause,
  ExpectedGift,
  ExpectedOutcome,
  GivenClause,
  GivenItem,
  HistoryNode,
  OrderNode,
  UsageNode,
} from '../syntax/test-clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Instant, Literal, Money, Quantity, Word } from '../syntax/tree.ts';
import { EngagementGrammar } from './engagement.ts';

export class TestGrammar extends EngagementGrammar {
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
              this.CONSUME(word('to'));
              to = this.SUBRULE(this.phone);
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
              this.CONSUME(word('in'));
              network = this.SUBRULE(this.networkCode);
            },
          },
          {
            ALT: () => {
              this.CONSUME(word('at'));
              at = this.SUBRULE(this.instant);
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

  readonly expect = this.RULE('expect', (): ExpectClause => {
    const first = this.CONSUME(word('expect'));
    const no = this.OPTION(() => this.CONSUME(word('no'))) !== undefined;
    const outcome = this.SUBRULE(this.outcome);
    return this.node(first, { kind: 'expect' as const, no, outcome });
  });

  readonly outcome = this.RULE(
    'outcome',
    (): ExpectedOutcome =>
      this.OR<ExpectedOutcome>([
        { ALT: () => this.SUBRULE(this.amountOutcome) },
        {
          ALT: () => {
            const kind = this.OR3([
              { ALT: () => this.CONSUME(word('invoice total')) && ('invoice total' as const) },
              { ALT: () => this.CONSUME(word('credit left')) && ('credit left' as const) },
              { ALT: () => this.CONSUME(word('to pay')) && ('to pay' as const) },
            ]);
            return { kind, amount: this.SUBRULE(this.money) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('line'));
            const title = this.SUBRULE(this.text);
            const amount = this.OPTION(() => this.SUBRULE2(this.money));
            return { kind: 'line' as const, title, ...(amount && { amount }) };
          },
        },
        { ALT: () => this.SUBRULE(this.reductionOutcome) },
        {
          ALT: () => {
            const kind = this.OR2([
              { ALT: () => this.CONSUME(word('anomaly')) && ('anomaly' as const) },
              { ALT: () => this.CONSUME(word('segment')) && ('segment' as const) },
            ]);
            const rule = this.OPTION3(() => {
              this.OPTION4(() => this.CONSUME(word('by')));
              return this.SUBRULE2(this.name);
            });
            return { kind, ...(rule && { rule }) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('fee'));
            const title = this.SUBRULE2(this.text);
            const amount = this.OPTION5(() => this.SUBRULE4(this.money));
            return { kind: 'one-off fee' as const, title, ...(amount && { amount }) };
          },
        },
        { ALT: () => this.SUBRULE(this.offerOutcome) },
        { ALT: () => this.CONSUME(word('suspension')) && { kind: 'suspension' as const } },
        { ALT: () => this.SUBRULE(this.messageOutcome) },
        {
          ALT: () => {
            const links: Word[] = [];
            this.CONSUME(word('content'));
            this.OPTION6(() => {
              links.push(this.SUBRULE5(this.text));
              this.MANY(() => this.CONSUME(word('then')) && links.push(this.SUBRULE6(this.text)));
            });
            return { kind: 'content' as const, links };
          },
        },
      ]),
  );

  readonly offerOutcome = this.RULE('offerOutcome', (): ExpectedOutcome => {
    const kind = this.OR([
      { ALT: () => this.CONSUME(word('voucher')) && ('voucher' as const) },
      { ALT: () => this.CONSUME(word('offer')) && ('offer' as const) },
    ]);
    const rule = this.OPTION(() => {
      this.OPTION2(() => this.CONSUME(word('by')));
      return this.SUBRULE(this.name);
    });
    const gives = this.OPTION3(() => this.SUBRULE(this.expectedGift));
    let terms: GiftTermNodes = {};
    this.MANY(() => {
      this.CONSUME(t.Comma);
      const term = this.SUBRULE(this.giftTerm);
      this.ACTION(() => {
        terms = { ...terms, ...term };
      });
    });
    return { kind, ...(rule && { rule }), ...(gives && { gives }), ...terms };
  });

  readonly expectedGift = this.RULE(
    'expectedGift',
    (): ExpectedGift =>
      this.OR<ExpectedGift>([
        { ALT: () => this.SUBRULE(this.reduction) },
        {
          ALT: () => {
            const first = this.LA(1);
            const quantity = this.SUBRULE(this.quantity);
            this.CONSUME(word('of'));
            return this.node(first, { kind: 'use' as const, quantity, service: this.SUBRULE(this.name) });
          },
        },
      ]),
  );

  readonly reductionOutcome = this.RULE('reductionOutcome', (): ExpectedOutcome => {
    const kind = this.OR([
      { ALT: () => this.CONSUME(word('discount')) && ('discount' as const) },
      { ALT: () => this.CONSUME(word('advantage')) && ('advantage' as const) },
    ]);
    const rule = this.OPTION(() => this.SUBRULE(this.name));
    const amount = this.OPTION2(() => this.SUBRULE(this.money));
    return { kind, ...(rule && { rule }), ...(amount && { amount }) };
  });

  readonly amountOutcome = this.RULE('amountOutcome', (): ExpectedOutcome => {
    const kind = this.OR([
      { ALT: () => this.CONSUME(word('price')) && ('price' as const) },
      { ALT: () => this.CONSUME(word('charge')) && ('charge' as const) },
      { ALT: () => this.CONSUME(word('tax')) && ('tax' as const) },
    ]);
    const amount = this.OPTION(() => this.SUBRULE(this.money));
    const allowanceOf = this.OPTION2(() => this.CONSUME(word('from allowance')) && this.SUBRULE(this.name));
    const rule = this.OPTION3(() => this.CONSUME(word('by')) && this.SUBRULE(this.ruleId));
    return { kind, ...(amount && { amount }), ...(allowanceOf && { allowanceOf }), ...(rule && { rule }) };
  });

  readonly ruleId = this.RULE(
    'ruleId',
    (): Word => this.OR([{ ALT: () => this.SUBRULE(this.path) }, { ALT: () => this.SUBRULE(this.name) }]),
  );

  readonly messageOutcome = this.RULE('messageOutcome', (): ExpectedOutcome => {
    const isSurvey = this.OR([
      { ALT: () => this.CONSUME(word('message')) && false },
      // No word of the language: `survey answered` is an event.
      { GATE: () => this.LA(1).image === 'survey', ALT: () => this.CONSUME(t.Name) && true },
    ]);
    const message = this.OPTION(() => this.SUBRULE(this.text));
    const to = this.OPTION2(() => this.CONSUME(word('to')) && this.SUBRULE(this.phrase));
    const channel = this.OPTION3(() => this.CONSUME(word('by')) && this.SUBRULE(this.name));
    const due = this.OPTION4(() => this.CONSUME(word('at')) && this.SUBRULE(this.instant));
    const answerWithin = this.OPTION5(() => {
      this.CONSUME(t.Comma);
      this.CONSUME(word('answer within'));
      return this.SUBRULE(this.quantity);
    });
    const details = {
      ...(message && { message }),
      ...(to && { to }),
      ...(channel && { channel }),
      ...(due && { due }),
      ...(answerWithin && { answerWithin }),
    };
    return { kind: 'message' as const, isSurvey, ...details };
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
