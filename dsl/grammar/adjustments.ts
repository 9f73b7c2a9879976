/** The clauses of discounts, taxes and anomalies. */
import type {
  BecauseClause,
  ForPlansClause,
  LevyClause,
  RaiseClause,
  RelationClause,
  TakeClause,
  TellClause,
} from '../syntax/clauses.ts';
import type { BaseNode } from '../syntax/term-clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Money, Percentage, Quantity, Word } from '../syntax/tree.ts';
import { PlanGrammar } from './plans.ts';

export class AdjustmentGrammar extends PlanGrammar {
  readonly forPlans = this.RULE('forPlans', (): ForPlansClause => {
    const first = this.LA(1);
    this.OR([{ ALT: () => this.CONSUME(word('for plan')) }, { ALT: () => this.CONSUME(word('for plans')) }]);
    const plans = this.SUBRULE(this.names);
    const accepted = this.OPTION(() => {
      this.CONSUME(t.Comma);
      this.CONSUME(word('accepted between'));
      const from = this.SUBRULE(this.date);
      this.CONSUME(word('and'));
      return { from, until: this.SUBRULE2(this.date) };
    });
    return this.node(first, { kind: 'for plans' as const, plans, ...(accepted && { accepted }) });
  });

  readonly take = this.RULE('take', (): TakeClause => {
    const first = this.CONSUME(word('take'));
    const what = this.OR2<TakeClause['what']>([
      { ALT: () => this.SUBRULE(this.reduction) },
      { ALT: () => this.node(this.CONSUME(word('graduated')), { kind: 'graduated' as const }) },
    ]);
    this.CONSUME(word('off'));
    const off = this.SUBRULE(this.base);
    let cap: Money | undefined;
    let lasts: Quantity | undefined;
    this.MANY(() => {
      this.OPTION(() => this.CONSUME(t.Comma));
      this.OR([
        {
          ALT: () => {
            this.CONSUME(word('at most'));
            cap = this.SUBRULE(this.money);
            this.CONSUME(word('per cycle'));
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('for'));
            lasts = this.SUBRULE(this.quantity);
            this.CONSUME(word('from acceptance'));
          },
        },
      ]);
    });
    return this.node(first, { kind: 'take' as const, what, off, ...(cap && { cap }), ...(lasts && { lasts }) });
  });

  readonly reduction = this.RULE('reduction', (): Percentage | Money =>
    this.OR<Percentage | Money>([
      { ALT: () => this.SUBRULE(this.percentage) },
      { ALT: () => this.SUBRULE(this.money) },
    ]),
  );

  readonly base = this.RULE('base', (): BaseNode => {
    const first = this.LA(1);
    const base = this.OR([
      { ALT: () => this.CONSUME(word('all charges')) && { base: 'all charges' as const } },
      {
        ALT: () => {
          this.CONSUME(word('fee'));
          return { base: 'fee' as const, name: this.SUBRULE(this.text) };
        },
      },
      {
        ALT: () => {
          const name = this.SUBRULE(this.name);
          this.CONSUME(word('charges'));
          return { base: 'service' as const, name };
        },
      },
    ]);
    const afterDiscounts = this.OPTION(() => this.node(this.CONSUME(word('after discounts')), {}));
    const ofAccount = this.OPTION2(() => this.node(this.CONSUME(word('of account')), {}));
    return this.node(first, { ...base, ...(afterDiscounts && { afterDiscounts }), ...(ofAccount && { ofAccount }) });
  });

  readonly relation = this.RULE('relation', (): RelationClause => {
    const first = this.LA(1);
    return this.OR([
      {
        ALT: () => {
          const kind = this.OR2([
            { ALT: () => this.CONSUME(word('after')) && ('after' as const) },
            { ALT: () => this.CONSUME(word('beside')) && ('beside' as const) },
            { ALT: () => this.CONSUME(word('excludes')) && ('excludes' as const) },
          ]);
          const names = this.SUBRULE(this.names);
          return this.node(first, { kind, names });
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('best of'));
          return this.node(first, { kind: 'best of' as const, names: [this.SUBRULE(this.name)] });
        },
      },
    ]);
  });

  readonly levy = this.RULE('levy', (): LevyClause => {
    const first = this.LA(1);
    const percent = this.SUBRULE(this.percentage);
    this.CONSUME(word('category'));
    const category = this.SUBRULE(this.name);
    let note: Word | undefined;
    let rounding: LevyClause['rounding'];
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.OR([
        {
          ALT: () => {
            this.CONSUME(word('note'));
            note = this.SUBRULE(this.text);
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('round'));
            const mode = this.SUBRULE(this.roundingMode);
            const per = this.OR2([
              { ALT: () => this.CONSUME(word('per line')) && ('line' as const) },
              { ALT: () => this.CONSUME(word('per rate')) && ('rate' as const) },
            ]);
            rounding = { mode, per };
          },
        },
      ]);
    });
    const more = { ...(rounding && { rounding }), ...(note && { note }) };
    return this.node(first, { kind: 'levy' as const, percent, category, ...more });
  });

  readonly tell = this.RULE('tell', (): TellClause => {
    const first = this.CONSUME(word('tell'));
    const message = this.SUBRULE(this.text);
    this.CONSUME(word('with'));
    const percent = this.SUBRULE(this.percentage);
    this.CONSUME(word('of'));
    const of = this.SUBRULE(this.fact);
    let cap: TellClause['cap'];
    let see: Word | undefined;
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.OR([
        {
          ALT: () => {
            this.CONSUME(word('at most'));
            const money = this.SUBRULE(this.money);
            this.CONSUME(word('per'));
            cap = { money, per: this.SUBRULE(this.perUnit) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('see'));
            see = this.SUBRULE2(this.text);
          },
        },
      ]);
    });
    return this.node(first, {
      kind: 'tell' as const,
      message,
      percent,
      of,
      ...(cap && { cap }),
      ...(see && { see }),
    });
  });

  readonly raise = this.RULE('raise', (): RaiseClause => {
    const first = this.LA(1);
    const action = this.OR([
      { ALT: () => this.CONSUME(word('hold')) && ('hold' as const) },
      { ALT: () => this.CONSUME(word('flag')) && ('flag' as const) },
      { ALT: () => this.CONSUME(word('reject')) && ('reject' as const) },
    ]);
    const object = this.SUBRULE(this.anomalyObject);
    const severity = this.OPTION(() => {
      this.CONSUME(t.Comma);
      this.CONSUME(word('severity'));
      return this.SUBRULE(this.name);
    });
    return this.node(first, { kind: 'raise' as const, action, object, ...(severity && { severity }) });
  });

  /** `line` is also a keyword of tests. */
  readonly anomalyObject = this.RULE('anomalyObject', (): Word => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.CONSUME(word('line')) }]);
    return this.node(token, { text: token.image });
  });

  readonly because = this.RULE('because', (): BecauseClause => {
    const first = this.CONSUME(word('because'));
    return this.node(first, { kind: 'because' as const, text: this.SUBRULE(this.text) });
  });
}
