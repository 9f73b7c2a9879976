/** The clauses of offers, reminders and notifications. */
import type {
  BetweenClause,
  GiveClause,
  OnClause,
  PurposeClause,
  SendClause,
  StepAction,
  StepsClause,
} from '../syntax/clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Quantity, Word } from '../syntax/tree.ts';
import { AdjustmentGrammar } from './adjustments.ts';

/**
 * ```
 * on      := on phrase
 * give    := give voucher (percentage | money) off phrase (, give option)*
 * purpose := for name
 * send    := (send | send survey) text to recipients (by name)? (with (the best offer for | content) name)? (, send option)*
 *   option  := once per name | again after quantity to recipients | answer within quantity
 *   recipients := phrase (and phrase)*
 * steps   := quantity (, quantity)* (and quantity)? (before | after) fact (, step option)* (,? action (, action)*)?
 *   option  := clamped to month end | rolling over | useless after quantity
 *   action  := send … | charge money text (, fiscal category name)? | suspend subscription
 * between := between time and time (customer time | zone) (, on working days)?
 * ```
 */
export class EngagementGrammar extends AdjustmentGrammar {
  readonly on = this.RULE('on', (): OnClause => {
    const first = this.CONSUME(word('on'));
    return this.node(first, { kind: 'on' as const, event: this.SUBRULE(this.phrase) });
  });

  readonly give = this.RULE('give', (): GiveClause => {
    const first = this.CONSUME(word('give'));
    this.CONSUME(word('voucher'));
    const what = this.SUBRULE(this.reduction);
    this.CONSUME(word('off'));
    const off = this.SUBRULE(this.phrase);
    let valid: Quantity | undefined;
    let perCustomer: Quantity | undefined;
    let inTotal: Quantity | undefined;
    let oncePer: Word | undefined;
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.OR([
        {
          ALT: () => {
            this.CONSUME(word('valid'));
            valid = this.SUBRULE(this.quantity);
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('once per'));
            oncePer = this.SUBRULE(this.name);
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('at most'));
            const limit = this.SUBRULE2(this.quantity);
            this.OR2([
              {
                ALT: () => {
                  this.CONSUME(word('in total'));
                  inTotal = limit;
                },
              },
              {
                ALT: () => {
                  this.CONSUME(word('per customer'));
                  perCustomer = limit;
                },
              },
            ]);
          },
        },
      ]);
    });
    const limits = {
      ...(oncePer && { oncePer }),
      ...(valid && { valid }),
      ...(perCustomer && { perCustomer }),
      ...(inTotal && { inTotal }),
    };
    return this.node(first, { kind: 'give' as const, what, off, ...limits });
  });

  readonly send = this.RULE('send', (): SendClause => {
    const first = this.LA(1);
    const isSurvey = this.OR([
      { ALT: () => this.CONSUME(word('send')) && false },
      { ALT: () => this.CONSUME(word('send survey')) && true },
    ]);
    const message = this.SUBRULE(this.text);
    this.CONSUME(word('to'));
    const to = this.SUBRULE(this.recipients);
    const channel = this.OPTION(() => this.CONSUME(word('by')) && this.SUBRULE(this.name));
    const addition = this.OPTION2(() => this.CONSUME(word('with')) && this.SUBRULE(this.addition));
    const again: { after: Quantity; to: readonly Word[] }[] = [];
    let oncePer: Word | undefined;
    let answerWithin: Quantity | undefined;
    this.MANY({
      // At a step, what follows a comma may also be the next thing that happens.
      GATE: () => !this.follows(2, word('charge'), word('suspend subscription'), word('send'), word('send survey')),
      DEF: () => {
        this.CONSUME(t.Comma);
        this.OR2([
          {
            ALT: () => {
              this.CONSUME(word('once per'));
              oncePer = this.SUBRULE2(this.name);
            },
          },
          {
            ALT: () => {
              this.CONSUME(word('again after'));
              const after = this.SUBRULE(this.quantity);
              this.CONSUME2(word('to'));
              again.push({ after, to: this.SUBRULE2(this.recipients) });
            },
          },
          {
            ALT: () => {
              this.CONSUME(word('answer within'));
              answerWithin = this.SUBRULE2(this.quantity);
            },
          },
        ]);
      },
    });
    const options = {
      ...(channel && { channel }),
      ...(oncePer && { oncePer }),
      ...(answerWithin && { answerWithin }),
      ...(addition && { with: addition }),
    };
    return this.node(first, { kind: 'send' as const, isSurvey, message, to, again, ...options });
  });

  readonly recipients = this.RULE('recipients', (): Word[] => {
    const to = [this.SUBRULE(this.phrase)];
    this.MANY(() => {
      this.CONSUME(word('and'));
      to.push(this.SUBRULE2(this.phrase));
    });
    return to;
  });

  /** What is picked for the customer and goes with a message. */
  readonly addition = this.RULE('addition', (): NonNullable<SendClause['with']> => {
    const first = this.LA(1);
    const kind = this.OR([
      { ALT: () => this.CONSUME(word('the best offer for')) && ('best offer' as const) },
      { ALT: () => this.CONSUME(word('content')) && ('content' as const) },
    ]);
    return this.node(first, { kind, name: this.SUBRULE(this.name) });
  });

  readonly purpose = this.RULE('purpose', (): PurposeClause => {
    const first = this.CONSUME(word('for'));
    return this.node(first, { kind: 'purpose' as const, purpose: this.SUBRULE(this.name) });
  });

  readonly steps = this.RULE('steps', (): StepsClause => {
    const first = this.LA(1);
    const steps = [this.SUBRULE(this.quantity)];
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Comma) }, { ALT: () => this.CONSUME(word('and')) }]);
      steps.push(this.SUBRULE2(this.quantity));
    });
    const side = this.OR2([
      { ALT: () => this.CONSUME(word('before')) && ('before' as const) },
      { ALT: () => this.CONSUME(word('after')) && ('after' as const) },
    ]);
    const date = this.SUBRULE(this.path);
    let monthEnd: StepsClause['monthEnd'];
    let uselessAfter: Quantity | undefined;
    this.MANY2(() => {
      this.CONSUME2(t.Comma);
      this.OR3([
        {
          ALT: () => {
            this.CONSUME(word('clamped to month end'));
            monthEnd = 'clamped';
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('rolling over'));
            monthEnd = 'rolling over';
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('useless after'));
            uselessAfter = this.SUBRULE3(this.quantity);
          },
        },
      ]);
    });
    const actions = this.OPTION((): StepAction[] => {
      this.OPTION2(() => this.CONSUME3(t.Comma));
      const all = [this.SUBRULE(this.action)];
      this.MANY3(() => {
        this.CONSUME4(t.Comma);
        all.push(this.SUBRULE2(this.action));
      });
      return all;
    });
    const options = { ...(monthEnd && { monthEnd }), ...(uselessAfter && { uselessAfter }) };
    return this.node(first, { kind: 'steps' as const, steps, side, date, actions: actions ?? [], ...options });
  });

  readonly action = this.RULE('action', (): StepAction => {
    const first = this.LA(1);
    return this.OR<StepAction>([
      { ALT: () => this.SUBRULE(this.send) },
      {
        ALT: () => {
          this.CONSUME(word('charge'));
          const amount = this.SUBRULE(this.money);
          const title = this.SUBRULE(this.text);
          const fiscalCategory = this.OPTION({
            GATE: () => this.follows(2, word('fiscal category')),
            DEF: (): Word => {
              this.CONSUME(t.Comma);
              this.CONSUME(word('fiscal category'));
              return this.SUBRULE(this.name);
            },
          });
          return this.node(first, {
            kind: 'one-off fee' as const,
            amount,
            title,
            ...(fiscalCategory && { fiscalCategory }),
          });
        },
      },
      { ALT: () => this.CONSUME(word('suspend subscription')) && this.node(first, { kind: 'suspend' as const }) },
    ]);
  });

  readonly between = this.RULE('between', (): BetweenClause => {
    const first = this.CONSUME(word('between'));
    const from = this.SUBRULE(this.timeOfDay);
    this.CONSUME(word('and'));
    const until = this.SUBRULE2(this.timeOfDay);
    const zone = this.OR([
      { ALT: () => this.CONSUME(word('customer time')) && undefined },
      { ALT: () => this.SUBRULE(this.zone) },
    ]);
    const onWorkingDays =
      this.OPTION(() => this.CONSUME(t.Comma) && this.CONSUME(word('on working days'))) !== undefined;
    return this.node(first, { kind: 'between' as const, from, until, ...(zone && { zone }), onWorkingDays });
  });
}
