/** The clauses of terms: contracts, minimum spend, commitments, who they are for, and what was renamed. */
import type { ContractSentence } from '../syntax/sentences.ts';
import type {
  CommitmentClause,
  InvoiceAtClause,
  LockClause,
  MinimumClause,
  PolicyClause,
  PolicySetting,
  PrepaidClause,
  RenamedClause,
  SessionsClause,
  SubscriptionsFromClause,
} from '../syntax/term-clauses.ts';
import type { GivenItem } from '../syntax/test-clauses.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { Quantity, Word } from '../syntax/tree.ts';
import { AdjustmentGrammar } from './adjustments.ts';
import { plain } from './values.ts';

export class TermsGrammar extends AdjustmentGrammar {
  readonly contract = this.RULE('contract', (): ContractSentence => {
    const first = this.CONSUME(word('contract'));
    const name = this.SUBRULE(this.name);
    const title = this.OPTION(() => this.SUBRULE(this.text));
    this.CONSUME(word('for customer'));
    const customer = this.SUBRULE2(this.text);
    this.CONSUME(word('on plan'));
    const plan = this.SUBRULE2(this.name);
    const unread = { clauses: [], broken: false } as const;
    return this.node(first, { kind: 'contract' as const, name, ...(title && { title }), customer, plan, ...unread });
  });

  readonly minimum = this.RULE('minimum', (): MinimumClause => {
    const first = this.CONSUME(word('minimum spend'));
    const amount = this.SUBRULE(this.money);
    this.CONSUME(word('per cycle'));
    this.CONSUME(word('of'));
    const of = this.SUBRULE(this.base);
    const partCycle = this.OPTION(() => {
      this.CONSUME(t.Comma);
      return this.OR([
        { ALT: () => this.CONSUME(word('prorated by day')) && ('prorated' as const) },
        { ALT: () => this.CONSUME(word('prorated')) && ('prorated' as const) },
        { ALT: () => this.CONSUME(word('waived in a part cycle')) && ('waived' as const) },
        { ALT: () => this.CONSUME(word('whole in a part cycle')) && ('whole' as const) },
      ]);
    });
    return this.node(first, { kind: 'minimum' as const, amount, of, partCycle: partCycle ?? 'whole' });
  });

  readonly commitment = this.RULE('commitment', (): CommitmentClause => {
    const first = this.CONSUME(word('commitment'));
    const amount = this.SUBRULE(this.money);
    this.CONSUME(word('per'));
    const every = this.SUBRULE(this.quantity);
    const of = this.OPTION(() => this.CONSUME(word('of')) && this.SUBRULE(this.base));
    this.CONSUME(t.Comma);
    this.CONSUME(word('shortfall charged'));
    return this.node(first, { kind: 'commitment' as const, amount, every, ...(of && { of }) });
  });

  readonly prepaid = this.RULE('prepaid', (): PrepaidClause => {
    const first = this.CONSUME(word('usage paid from credit'));
    const terms: Word[] = [];
    this.MANY(() => {
      this.CONSUME(t.Comma);
      terms.push(this.SUBRULE(this.creditTerm));
    });
    return this.node(first, { kind: 'prepaid' as const, terms });
  });

  readonly invoiceAt = this.RULE('invoiceAt', (): InvoiceAtClause => {
    const start = this.LA(1);
    const amounts = this.OR<Pick<InvoiceAtClause, 'first' | 'every'>>([
      {
        ALT: () => {
          this.CONSUME(word('invoice at'));
          const first = this.SUBRULE(this.money);
          this.CONSUME(word('of usage'));
          const every = this.OPTION(() => {
            this.CONSUME(t.Comma);
            this.CONSUME(word('then'));
            this.CONSUME(word('every'));
            return this.SUBRULE2(this.money);
          });
          return { first, ...(every && { every }) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('invoice every'));
          const every = this.SUBRULE3(this.money);
          this.CONSUME2(word('of usage'));
          return { first: every, every };
        },
      },
    ]);
    return this.node(start, { kind: 'invoice at' as const, ...amounts });
  });

  readonly creditTerm = this.RULE('creditTerm', (): Word => {
    const token = this.OR([
      { ALT: () => this.CONSUME(word('last event cut')) },
      { ALT: () => this.CONSUME(word('last event whole')) },
      { ALT: () => this.CONSUME(word('last event refused')) },
      { ALT: () => this.CONSUME(word('rest billed')) },
      { ALT: () => this.CONSUME(word('soonest to expire first')) },
      { ALT: () => this.CONSUME(word('bonus first')) },
      { ALT: () => this.CONSUME(word('paid first')) },
    ]);
    return this.node(token, { text: this.ACTION(() => plain(token)) });
  });

  /** What was charged before, or what credit there is. */
  readonly givenAmount = this.RULE('givenAmount', (): GivenItem => {
    const first = this.LA(1);
    const amount = this.SUBRULE(this.money);
    return this.OR<GivenItem>([
      {
        ALT: () => {
          this.CONSUME(word('charged towards'));
          return this.node(first, { kind: 'committed' as const, amount, contract: this.SUBRULE(this.name) });
        },
      },
      {
        ALT: () => {
          const of = this.OR2([
            { ALT: () => this.CONSUME(word('of prepaid credit')) && ('paid' as const) },
            { ALT: () => this.CONSUME(word('of bonus credit')) && ('bonus' as const) },
          ]);
          const at = this.OPTION(() => this.CONSUME(word('at')) && this.SUBRULE(this.instant));
          return this.node(first, { kind: 'credit' as const, amount, of, ...(at && { at }) });
        },
      },
    ]);
  });

  readonly policy = this.RULE('policy', (): PolicyClause => {
    const first = this.CONSUME(word('policy'));
    const settings: PolicySetting[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => settings.push(this.SUBRULE(this.policySetting)) });
    return this.node(first, { kind: 'policy' as const, settings });
  });

  readonly policySetting = this.RULE('policySetting', (): PolicySetting => {
    let within: Quantity | undefined;
    const token = this.OR([
      { ALT: () => this.CONSUME(word('cancellation day free')) },
      { ALT: () => this.CONSUME(word('cancellation day billed')) },
      { ALT: () => this.CONSUME(word('plan change day by new plan')) },
      { ALT: () => this.CONSUME(word('plan change day by old plan')) },
      { ALT: () => this.CONSUME(word('tier bound in lower tier')) },
      { ALT: () => this.CONSUME(word('tier bound in higher tier')) },
      { ALT: () => this.CONSUME(word('first tier fee with usage')) },
      { ALT: () => this.CONSUME(word('first tier fee always')) },
      {
        ALT: () => {
          const late = this.OR2([
            { ALT: () => this.CONSUME(word('late usage corrects its bill')) },
            { ALT: () => this.CONSUME(word('late usage billed in the next cycle')) },
          ]);
          within = this.OPTION(() => this.CONSUME(word('within')) && this.SUBRULE(this.quantity));
          return late;
        },
      },
    ]);
    return this.node(token, { text: this.ACTION(() => plain(token)), ...(within && { within }) });
  });

  readonly sessions = this.RULE('sessions', (): SessionsClause => {
    const first = this.CONSUME(word('sessions rated'));
    const by = this.OR([
      { ALT: () => this.CONSUME(word('as one event')) && ('one event' as const) },
      { ALT: () => this.CONSUME(word('by part')) && ('part' as const) },
    ]);
    return this.node(first, { kind: 'sessions' as const, by });
  });

  readonly lock = this.RULE('lock', (): LockClause => {
    const first = this.CONSUME(word('price locked'));
    const until = this.OPTION(() => this.CONSUME(word('until')) && this.SUBRULE(this.date));
    return this.node(first, { kind: 'lock' as const, ...(until && { until }) });
  });

  readonly subscriptionsFrom = this.RULE('subscriptionsFrom', (): SubscriptionsFromClause => {
    const first = this.CONSUME(word('for subscriptions from'));
    return this.node(first, { kind: 'subscriptions from' as const, from: this.SUBRULE(this.date) });
  });

  readonly renamed = this.RULE('renamed', (): RenamedClause => {
    const first = this.CONSUME(word('renamed from'));
    const former = this.OR<Word>([
      { ALT: () => this.SUBRULE(this.name) },
      { ALT: () => this.SUBRULE(this.path) },
      { ALT: () => this.SUBRULE(this.text) },
    ]);
    return this.node(first, { kind: 'renamed' as const, former });
  });
}
