/** The clauses of offers, reminders and notifications. */
import type {
  AloneClause,
  BetweenClause,
  OnClause,
  PurposeClause,
  RankClause,
  RankNode,
  SendClause,
  StepAction,
  StepsClause,
  TopClause,
} from '../syntax/clauses.ts';
import type { GiftNode, GiftTermNodes, GiveClause } from '../syntax/gift-clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Quantity, Word } from '../syntax/tree.ts';
import { TermsGrammar } from './terms.ts';

export class EngagementGrammar extends TermsGrammar {
  readonly on = this.RULE('on', (): OnClause => {
    const first = this.CONSUME(word('on'));
    return this.node(first, { kind: 'on' as const, event: this.SUBRULE(this.phrase) });
  });

  readonly give = this.RULE('give', (): GiveClause => {
    const first = this.CONSUME(word('give'));
    const gift = this.SUBRULE(this.gift);
    const cycles = this.OPTION(() => this.CONSUME(word('for')) && this.SUBRULE(this.quantity));
    let terms: GiftTermNodes = {};
    this.MANY(() => {
      this.CONSUME(t.Comma);
      const term = this.SUBRULE(this.giftTerm);
      this.ACTION(() => {
        terms = { ...terms, ...term };
      });
    });
    return this.node(first, { kind: 'give' as const, gift, ...(cycles && { cycles }), ...terms });
  });

  readonly gift = this.RULE('gift', (): GiftNode => {
    const first = this.LA(1);
    return this.OR<GiftNode>([
      {
        ALT: () => {
          const gift = this.OR2([
            { ALT: () => this.CONSUME(word('voucher')) && ('voucher' as const) },
            { ALT: () => this.CONSUME(word('discount')) && ('discount' as const) },
          ]);
          const what = this.SUBRULE(this.reduction);
          this.CONSUME(word('off'));
          const base = this.OR3<{ readonly off: Word; readonly fee?: Word }>([
            {
              ALT: () => {
                const off = this.node(this.CONSUME(word('fee')), { text: 'fee' });
                return { off, fee: this.SUBRULE(this.text) };
              },
            },
            { ALT: () => ({ off: this.node(this.CONSUME(word('next invoice')), { text: 'next invoice' }) }) },
            { ALT: () => ({ off: this.SUBRULE(this.phrase) }) },
          ]);
          return this.node(first, { gift, what, ...base });
        },
      },
      {
        ALT: () =>
          this.CONSUME(word('free fee')) &&
          this.node(first, { gift: 'free fee' as const, fee: this.SUBRULE2(this.text) }),
      },
      {
        ALT: () => {
          this.CONSUME(word('allowance'));
          const quantity = this.SUBRULE(this.quantity);
          this.CONSUME(word('of'));
          return this.node(first, { gift: 'allowance' as const, quantity, service: this.SUBRULE(this.name) });
        },
      },
    ]);
  });

  readonly giftTerm = this.RULE(
    'giftTerm',
    (): GiftTermNodes =>
      this.OR<GiftTermNodes>([
        { ALT: () => this.CONSUME(word('valid')) && { valid: this.SUBRULE(this.quantity) } },
        { ALT: () => this.CONSUME(word('once per')) && { oncePer: this.SUBRULE(this.name) } },
        { ALT: () => this.CONSUME(word('worth')) && { worth: this.SUBRULE(this.money) } },
        { ALT: () => this.CONSUME(word('at most')) && this.SUBRULE(this.giftLimit) },
      ]),
  );

  readonly giftLimit = this.RULE(
    'giftLimit',
    (): GiftTermNodes =>
      this.OR<GiftTermNodes>([
        {
          ALT: () => {
            const amount = this.SUBRULE(this.money);
            return this.OR2<GiftTermNodes>([
              { ALT: () => this.CONSUME(word('in total')) && { budget: amount } },
              { ALT: () => this.CONSUME(word('each')) && { each: amount } },
            ]);
          },
        },
        {
          ALT: () => {
            const count = this.SUBRULE(this.quantity);
            return this.OR3<GiftTermNodes>([
              { ALT: () => this.CONSUME2(word('in total')) && { inTotal: count } },
              { ALT: () => this.CONSUME(word('per customer')) && { perCustomer: count } },
            ]);
          },
        },
      ]),
  );

  readonly alone = this.RULE('alone', (): AloneClause => {
    const first = this.CONSUME(word('not with other offers'));
    return this.node(first, { kind: 'alone' as const });
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

  readonly rank = this.RULE('rank', (): RankClause => {
    const first = this.CONSUME(word('rank by'));
    const criteria = [this.SUBRULE(this.criterion)];
    this.MANY(() => {
      this.OPTION(() => this.CONSUME(t.Comma));
      this.CONSUME(word('then by'));
      criteria.push(this.SUBRULE2(this.criterion));
    });
    return this.node(first, { kind: 'rank' as const, criteria });
  });

  readonly criterion = this.RULE('criterion', (): RankNode => {
    const first = this.LA(1);
    return this.OR<RankNode>([
      {
        ALT: () => this.CONSUME(word('shared categories')) && this.node(first, { kind: 'shared categories' as const }),
      },
      {
        ALT: () => {
          this.CONSUME(word('likeness of'));
          const of = this.SUBRULE(this.fact);
          this.CONSUME(word('to'));
          return this.node(first, { kind: 'likeness' as const, of, to: this.SUBRULE2(this.fact) });
        },
      },
    ]);
  });

  readonly top = this.RULE('top', (): TopClause => {
    const first = this.CONSUME(word('top'));
    const count = this.SUBRULE(this.quantity);
    let neverTwice = false;
    let inCustomerLanguage = false;
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.OR([
        {
          ALT: () => {
            this.CONSUME(word('never twice'));
            neverTwice = true;
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('in customer language'));
            inCustomerLanguage = true;
          },
        },
      ]);
    });
    return this.node(first, { kind: 'top' as const, count, neverTwice, inCustomerLanguage });
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
