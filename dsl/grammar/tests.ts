/** The clauses of tests: what is expected. */
import type { GiftTermNodes } from '../syntax/gift-clauses.ts';
import type { ExpectClause, ExpectedGift, ExpectedOutcome } from '../syntax/test-clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Word } from '../syntax/tree.ts';
import { GivenGrammar } from './given.ts';

export class TestGrammar extends GivenGrammar {
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
}
