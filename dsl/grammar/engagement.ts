/** The clauses of offers, reminders and notifications. */
import type { BetweenClause, GiveClause, OnClause, PurposeClause, SendClause, StepsClause } from '../syntax/clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Quantity, Word } from '../syntax/tree.ts';
import { AdjustmentGrammar } from './adjustments.ts';

/**
 * ```
 * on      := on phrase
 * give    := give voucher (percentage | money) off phrase (, give option)*
 * send    := send text to phrase (and phrase)* (with (the best offer for | content) name)? (, once per name)?
 * purpose := for name
 * steps   := quantity (, quantity)* (and quantity)? (before | after) fact
 * between := between time and time customer time (, on working days)?
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
    const first = this.CONSUME(word('send'));
    const message = this.SUBRULE(this.text);
    this.CONSUME(word('to'));
    const to = [this.SUBRULE(this.phrase)];
    this.MANY(() => {
      this.CONSUME(word('and'));
      to.push(this.SUBRULE2(this.phrase));
    });
    const addition = this.OPTION(() => this.CONSUME(word('with')) && this.SUBRULE(this.addition));
    const oncePer = this.OPTION2((): Word => {
      this.CONSUME(t.Comma);
      this.CONSUME(word('once per'));
      return this.SUBRULE(this.name);
    });
    const options = { ...(oncePer && { oncePer }), ...(addition && { with: addition }) };
    return this.node(first, { kind: 'send' as const, message, to, ...options });
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
    return this.node(first, { kind: 'steps' as const, steps, side, date });
  });

  readonly between = this.RULE('between', (): BetweenClause => {
    const first = this.CONSUME(word('between'));
    const from = this.SUBRULE(this.timeOfDay);
    this.CONSUME(word('and'));
    const until = this.SUBRULE2(this.timeOfDay);
    this.CONSUME(word('customer time'));
    const onWorkingDays =
      this.OPTION(() => this.CONSUME(t.Comma) && this.CONSUME(word('on working days'))) !== undefined;
    return this.node(first, { kind: 'between' as const, from, until, onWorkingDays });
  });
}
