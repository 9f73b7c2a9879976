/** The clauses of plans: dates, fees, allowances, rates. What usage costs is in `prices.ts`. */
import type {
  AllowanceClause,
  AsClause,
  ConditionClause,
  DatesClause,
  FeeClause,
  OtherwiseClause,
  ProratedNode,
  RateClause,
} from '../syntax/clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Literal, Node, Quantity, Word } from '../syntax/tree.ts';
import { PriceGrammar } from './prices.ts';

export class PlanGrammar extends PriceGrammar {
  readonly dates = this.RULE('dates', (): DatesClause => {
    const first = this.LA(1);
    return this.OR([
      {
        ALT: () => {
          this.CONSUME(word('from'));
          const from = this.SUBRULE(this.date);
          let until: Literal | undefined;
          let term: Quantity | undefined;
          this.OPTION(() =>
            this.OR2([
              {
                ALT: () => {
                  this.CONSUME(word('until'));
                  until = this.SUBRULE2(this.date);
                },
              },
              {
                ALT: () => {
                  this.CONSUME(word('for'));
                  term = this.SUBRULE(this.quantity);
                },
              },
            ]),
          );
          const lock = this.OPTION2(() => {
            this.CONSUME(t.Comma);
            const start = this.CONSUME(word('price locked'));
            const end = this.OPTION3(() => this.CONSUME3(word('until')) && this.SUBRULE4(this.date));
            return this.node(start, { ...(end && { until: end }) });
          });
          const parts = { ...(until && { until }), ...(term && { term }), ...(lock && { lock }) };
          return this.node(first, { kind: 'dates' as const, from, ...parts });
        },
      },
      {
        ALT: () => {
          this.CONSUME2(word('until'));
          return this.node(first, { kind: 'dates' as const, until: this.SUBRULE3(this.date) });
        },
      },
    ]);
  });

  readonly fee = this.RULE('fee', (): FeeClause => {
    const first = this.CONSUME(word('fee'));
    const name = this.SUBRULE(this.text);
    const amount = this.SUBRULE(this.money);
    const period = this.SUBRULE(this.feePeriod);
    let prorated: ProratedNode | undefined;
    let promotion: FeeClause['promotion'];
    let fiscalCategory: Word | undefined;
    let subscriptionsFrom: Literal | undefined;
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.OR([
        {
          ALT: () => {
            prorated = this.SUBRULE(this.proration);
          },
        },
        {
          ALT: () => {
            const price = this.SUBRULE2(this.money);
            this.CONSUME(word('for the first'));
            promotion = { amount: price, cycles: this.SUBRULE(this.quantity) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('fiscal category'));
            fiscalCategory = this.SUBRULE(this.name);
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('for subscriptions from'));
            subscriptionsFrom = this.SUBRULE(this.date);
          },
        },
      ]);
    });
    const options = {
      ...(prorated && { prorated }),
      ...(promotion && { promotion }),
      ...(fiscalCategory && { fiscalCategory }),
      ...(subscriptionsFrom && { subscriptionsFrom }),
    };
    return this.node(first, { kind: 'fee' as const, name, amount, ...period, ...options });
  });

  readonly feePeriod = this.RULE(
    'feePeriod',
    (): Pick<FeeClause, 'interval' | 'every' | 'due'> =>
      this.OR<Pick<FeeClause, 'interval' | 'every' | 'due'>>([
        { ALT: () => this.CONSUME(word('once')) && { interval: 'once' as const } },
        {
          ALT: () => {
            const interval = this.OR2<Pick<FeeClause, 'interval' | 'every'>>([
              { ALT: () => this.CONSUME(word('weekly')) && { interval: 'weekly' as const } },
              { ALT: () => this.CONSUME(word('monthly')) && { interval: 'monthly' as const } },
              { ALT: () => this.CONSUME(word('quarterly')) && { interval: 'quarterly' as const } },
              { ALT: () => this.CONSUME(word('yearly')) && { interval: 'yearly' as const } },
              {
                ALT: () => {
                  this.CONSUME(word('every'));
                  return { interval: 'daily' as const, every: this.SUBRULE(this.quantity) };
                },
              },
            ]);
            const due = this.OR3([
              { ALT: () => this.CONSUME(word('in advance')) && ('in advance' as const) },
              { ALT: () => this.CONSUME(word('in arrears')) && ('in arrears' as const) },
            ]);
            return { ...interval, due };
          },
        },
      ]),
  );

  readonly proration = this.RULE('proration', (): ProratedNode => {
    const first = this.LA(1);
    const by = this.OR([
      { ALT: () => this.CONSUME(word('prorated by day')) && ('by day' as const) },
      { ALT: () => this.CONSUME(word('prorated by second')) && ('by second' as const) },
    ]);
    return this.node(first, { by });
  });

  readonly allowance = this.RULE('allowance', (): AllowanceClause => {
    const first = this.CONSUME(word('allowance'));
    const titleStart = this.LA(1);
    const quantity = this.SUBRULE(this.quantity);
    this.CONSUME(word('of'));
    const service = this.SUBRULE(this.name);
    const to = this.OPTION(() => this.CONSUME(word('to')) && this.SUBRULE(this.names)) ?? [];
    const shared = this.OPTION2(() => this.CONSUME(word('shared by group'))) !== undefined;
    const title: Node = this.node(titleStart, {});
    let rollover: Quantity | undefined;
    let perMember: Quantity | undefined;
    let keptAtMost: Quantity | undefined;
    let prorated = false;
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.OR([
        {
          ALT: () => {
            this.CONSUME(word('rolls over'));
            rollover = this.SUBRULE2(this.quantity);
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('at most'));
            const limit = this.SUBRULE3(this.quantity);
            const isPerMember = this.OPTION3(() => this.CONSUME(word('per member'))) !== undefined;
            if (isPerMember) perMember = limit;
            else keptAtMost = limit;
          },
        },
        {
          ALT: () => {
            this.OR2([
              { ALT: () => this.CONSUME(word('prorated by day')) },
              { ALT: () => this.CONSUME(word('prorated')) },
            ]);
            prorated = true;
          },
        },
      ]);
    });
    return this.node(first, {
      kind: 'allowance' as const,
      quantity,
      service,
      to,
      shared,
      title,
      prorated,
      ...(perMember && { perMember }),
      ...(rollover && { rollover }),
      ...(keptAtMost && { keptAtMost }),
    });
  });

  readonly rate = this.RULE('rate', (): RateClause => {
    const first = this.CONSUME(word('rate'));
    const service = this.SUBRULE(this.name);
    const firstThatFits = this.OPTION(() => {
      this.CONSUME(t.Comma);
      return this.OR([
        { ALT: () => this.CONSUME(word('first that fits')) && true },
        { ALT: () => this.CONSUME(word('exactly one')) && false },
      ]);
    });
    return this.node(first, { kind: 'rate' as const, service, firstThatFits: firstThatFits === true });
  });

  readonly conditionClause = this.RULE('conditionClause', (): ConditionClause => {
    const first = this.LA(1);
    const kind = this.OR([
      { ALT: () => this.CONSUME(word('when')) && ('when' as const) },
      { ALT: () => this.CONSUME(word('unless')) && ('unless' as const) },
      { ALT: () => this.CONSUME(word('stop when')) && ('stop when' as const) },
    ]);
    const condition = this.SUBRULE(this.condition);
    return this.node(first, { kind, condition });
  });

  readonly otherwise = this.RULE(
    'otherwise',
    (): OtherwiseClause => this.node(this.CONSUME(word('otherwise')), { kind: 'otherwise' as const }),
  );

  readonly as = this.RULE('as', (): AsClause => {
    const first = this.CONSUME(word('as'));
    const name = this.OPTION(() => this.SUBRULE(this.name));
    const title = this.OPTION2(() => this.SUBRULE(this.text));
    return this.node(first, { kind: 'as' as const, ...(name && { name }), ...(title && { title }) });
  });
}
