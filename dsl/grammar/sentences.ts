/** The sentences: what stands in column 0, and the choice among clauses. */
import type { IParserErrorMessageProvider, ParserMethod } from 'chevrotain';
import type { Clause, ColumnClause } from '../syntax/clauses.ts';
import {
  type BandNode,
  type CalendarSentence,
  type ContentSentence,
  type DeclareSentence,
  type PlanSentence,
  type RuleSentence,
  ruleKinds,
  type Sentence,
  type TableSentence,
  type TestSentence,
} from '../syntax/sentences.ts';
import * as t from '../syntax/tokens.ts';
import { word } from '../syntax/tokens.ts';
import type { TypeNode, Value, Word } from '../syntax/tree.ts';
import { TestGrammar } from './tests.ts';
import { plain } from './values.ts';

/** A sentence's first words; its clauses are read one by one and added by `syntax/parse.ts`. */
export type Head = Sentence;

export class RuleGrammar extends TestGrammar {
  constructor(messages: IParserErrorMessageProvider, skipValidations?: boolean) {
    super(messages, skipValidations);
    this.performSelfAnalysis();
  }

  readonly head = this.RULE('head', (): Head => {
    const sentence = this.OR<Head>([
      { ALT: () => this.SUBRULE(this.plan) },
      { ALT: () => this.SUBRULE(this.contract) },
      { ALT: () => this.SUBRULE(this.rule) },
      { ALT: () => this.SUBRULE(this.table) },
      { ALT: () => this.SUBRULE(this.calendar) },
      { ALT: () => this.SUBRULE(this.content) },
      { ALT: () => this.SUBRULE(this.declaration) },
      { ALT: () => this.SUBRULE(this.test) },
    ]);
    const clauses: Clause[] = [];
    this.MANY(() => clauses.push(this.SUBRULE(this.clause)));
    return { ...sentence, clauses };
  });

  readonly clauses = this.RULE('clauses', (): Clause[] => {
    const clauses: Clause[] = [];
    this.AT_LEAST_ONE({
      GATE: () => !this.follows(1, t.Comma) || this.opensTier(),
      DEF: () => clauses.push(this.SUBRULE(this.clause)),
    });
    return clauses;
  });

  readonly clause: ParserMethod<[], Clause> = this.RULE(
    'clause',
    (): Clause =>
      this.OR<Clause>([
        { ALT: () => this.SUBRULE(this.dates) },
        { ALT: () => this.SUBRULE(this.fee) },
        { ALT: () => this.SUBRULE(this.allowance) },
        { ALT: () => this.SUBRULE(this.rate) },
        { ALT: () => this.SUBRULE(this.conditionClause) },
        { ALT: () => this.SUBRULE(this.otherwise) },
        { ALT: () => this.SUBRULE(this.as) },
        { ALT: () => this.SUBRULE(this.charge) },
        { ALT: () => this.SUBRULE(this.tiers) },
        { ALT: () => this.SUBRULE(this.tier) },
        { ALT: () => this.SUBRULE(this.minimum) },
        { ALT: () => this.SUBRULE(this.commitment) },
        { ALT: () => this.SUBRULE(this.prepaid) },
        { ALT: () => this.SUBRULE(this.invoiceAt) },
        { ALT: () => this.SUBRULE(this.policy) },
        { ALT: () => this.SUBRULE(this.sessions) },
        { ALT: () => this.SUBRULE(this.lock) },
        { ALT: () => this.SUBRULE(this.subscriptionsFrom) },
        { ALT: () => this.SUBRULE(this.renamed) },
        { ALT: () => this.SUBRULE(this.forPlans) },
        { ALT: () => this.SUBRULE(this.take) },
        { ALT: () => this.SUBRULE(this.relation) },
        { ALT: () => this.SUBRULE(this.levy) },
        { ALT: () => this.SUBRULE(this.tell) },
        { ALT: () => this.SUBRULE(this.raise) },
        { ALT: () => this.SUBRULE(this.because) },
        { ALT: () => this.SUBRULE(this.on) },
        { ALT: () => this.SUBRULE(this.give) },
        { ALT: () => this.SUBRULE(this.send) },
        { ALT: () => this.SUBRULE(this.purpose) },
        { ALT: () => this.SUBRULE(this.alone) },
        { ALT: () => this.SUBRULE(this.steps) },
        { ALT: () => this.SUBRULE(this.between) },
        { ALT: () => this.SUBRULE(this.rank) },
        { ALT: () => this.SUBRULE(this.top) },
        { ALT: () => this.SUBRULE(this.column) },
        { ALT: () => this.SUBRULE(this.given) },
        { ALT: () => this.SUBRULE(this.expect) },
      ]),
  );

  readonly plan = this.RULE('plan', (): PlanSentence => {
    const first = this.CONSUME(word('plan'));
    const name = this.SUBRULE(this.name);
    const title = this.OPTION(() => this.SUBRULE(this.text));
    const options: { currency?: Word; like?: Word; rounding?: Word; split?: Word } = {};
    this.MANY(() => {
      this.OPTION2(() => this.CONSUME(t.Comma));
      this.OR([
        {
          ALT: () => {
            this.CONSUME(word('in'));
            options.currency = this.SUBRULE2(this.name);
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('like'));
            options.like = this.SUBRULE3(this.name);
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('round'));
            options.rounding = this.SUBRULE(this.roundingMode);
            this.CONSUME(word('per line'));
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('split'));
            options.split = this.SUBRULE(this.splitMode);
          },
        },
      ]);
    });
    return this.node(first, { kind: 'plan' as const, name, ...(title && { title }), ...options, ...unread });
  });

  readonly splitMode = this.RULE('splitMode', (): Word => {
    const token = this.OR([
      { ALT: () => this.CONSUME(word('at boundaries')) },
      { ALT: () => this.CONSUME(word('at start')) },
    ]);
    return this.node(token, { text: this.ACTION(() => plain(token)) });
  });

  readonly rule = this.RULE('rule', (): RuleSentence => {
    const first = this.LA(1);
    const kind = this.OR(ruleKinds.map((one) => ({ ALT: () => this.CONSUME(word(one)) && one })));
    const name = this.SUBRULE(this.name);
    const title = this.OPTION(() => this.SUBRULE(this.text));
    const oneOf = this.OPTION2(() => this.CONSUME(t.Comma) && this.SUBRULE(this.oneOf));
    return this.node(first, { kind, name, ...(title && { title }), ...(oneOf && { oneOf }), ...unread });
  });

  readonly oneOf = this.RULE('oneOf', (): NonNullable<RuleSentence['oneOf']> => {
    const first = this.LA(1);
    const choose = this.OR([
      { ALT: () => this.CONSUME(word('best of')) && ('best' as const) },
      { ALT: () => this.CONSUME(word('first of')) && ('first' as const) },
    ]);
    return this.node(first, { choose, group: this.SUBRULE(this.name) });
  });

  readonly table = this.RULE('table', (): TableSentence => {
    const first = this.CONSUME(word('table'));
    const name = this.SUBRULE(this.name);
    this.CONSUME(word('from'));
    const path = this.SUBRULE(this.text);
    const match = this.OR([
      { ALT: () => this.CONSUME(word('by longest prefix of')) && ('longest prefix' as const) },
      { ALT: () => this.CONSUME(word('by exact')) && ('exact' as const) },
      { ALT: () => this.CONSUME(word('by range of')) && ('range' as const) },
    ]);
    const key = this.SUBRULE(this.fact);
    const otherwise = this.OPTION((): Value => {
      this.CONSUME(t.Comma);
      this.CONSUME(word('otherwise'));
      return this.SUBRULE(this.value);
    });
    return this.node(first, {
      kind: 'table' as const,
      name,
      path,
      match,
      key,
      ...(otherwise && { otherwise }),
      ...unread,
    });
  });

  readonly column = this.RULE('column', (): ColumnClause => {
    const first = this.CONSUME(word('column'));
    const name = this.SUBRULE(this.name);
    this.CONSUME(word('is'));
    return this.node(first, { kind: 'column' as const, name, type: this.SUBRULE(this.type) });
  });

  readonly calendar = this.RULE('calendar', (): CalendarSentence => {
    const first = this.CONSUME(word('calendar'));
    const name = this.SUBRULE(this.name);
    const zone = this.OR([
      { ALT: () => this.node(this.CONSUME(word('in customer time')), { text: 'customer' }) },
      { ALT: () => this.node(this.CONSUME(word('in plan time')), { text: 'plan' }) },
      {
        ALT: () => {
          this.CONSUME(word('in'));
          return this.SUBRULE(this.zone);
        },
      },
    ]);
    const bands = [this.SUBRULE(this.band)];
    this.MANY(() => {
      this.OPTION(() => this.CONSUME(t.Comma));
      bands.push(this.SUBRULE2(this.band));
    });
    return this.node(first, { kind: 'calendar' as const, name, zone, bands, ...unread });
  });

  readonly content = this.RULE('content', (): ContentSentence => {
    const first = this.CONSUME(word('content'));
    const name = this.SUBRULE(this.name);
    this.CONSUME(word('from'));
    return this.node(first, { kind: 'content' as const, name, path: this.SUBRULE(this.text), ...unread });
  });

  readonly band = this.RULE('band', (): BandNode => {
    const first = this.LA(1);
    let region: Word | undefined;
    const days = this.OR([
      { ALT: () => this.CONSUME(word('every day')) && ('every day' as const) },
      { ALT: () => this.CONSUME(word('weekdays')) && ('weekdays' as const) },
      { ALT: () => this.CONSUME(word('weekends')) && ('weekends' as const) },
      {
        ALT: () => {
          this.CONSUME(word('holidays of'));
          const token = this.OR2([{ ALT: () => this.CONSUME(t.Region) }, { ALT: () => this.CONSUME(t.Name) }]);
          region = this.node(token, { text: token.image });
          return 'holidays' as const;
        },
      },
    ]);
    const hours = this.OPTION(() => {
      const from = this.SUBRULE(this.timeOfDay);
      this.CONSUME(word('to'));
      return { from, until: this.SUBRULE2(this.timeOfDay) };
    });
    return this.node(first, { days, ...(region && { region }), ...hours });
  });

  readonly declaration = this.RULE('declaration', (): DeclareSentence => {
    const first = this.LA(1);
    return this.OR<DeclareSentence>([
      {
        ALT: () =>
          this.CONSUME(word('declare fact')) &&
          this.node(first, { kind: 'declare fact' as const, ...this.factDeclaration(), ...unread }),
      },
      {
        ALT: () => {
          this.CONSUME(word('declare service'));
          const name = this.SUBRULE(this.name);
          this.CONSUME(word('in'));
          const type = this.SUBRULE(this.type);
          const doc = this.SUBRULE(this.text);
          return this.node(first, { kind: 'declare service' as const, name, type, doc, ...unread });
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('declare role'));
          const name = this.SUBRULE(this.phrase);
          const doc = this.OPTION(() => this.SUBRULE2(this.text));
          return this.node(first, { kind: 'declare role' as const, name, ...(doc && { doc }), ...unread });
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('declare category'));
          const name = this.SUBRULE4(this.name);
          const doc = this.OPTION4(() => this.SUBRULE5(this.text));
          return this.node(first, { kind: 'declare category' as const, name, ...(doc && { doc }), ...unread });
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('declare list'));
          const name = this.SUBRULE2(this.name);
          this.CONSUME(word('is'));
          const values: Value[] = this.SUBRULE(this.values);
          return this.node(first, { kind: 'declare list' as const, name, values, ...unread });
        },
      },
      {
        ALT: () => {
          this.CONSUME(word('declare zone'));
          return this.node(first, { kind: 'declare zone' as const, name: this.SUBRULE(this.zone), ...unread });
        },
      },
    ]);
  });

  readonly test = this.RULE('test', (): TestSentence => {
    const first = this.CONSUME(word('test'));
    return this.node(first, { kind: 'test' as const, name: this.SUBRULE(this.text), ...unread });
  });

  /** `customer.tier one of bronze or silver, may be missing, said as "customer has a tier" "from CRM"`. */
  private factDeclaration(): {
    name: Word;
    type: TypeNode;
    scope?: Word;
    optional: boolean;
    sentence?: Word;
    doc?: Word;
  } {
    const name = this.SUBRULE(this.path);
    const type = this.SUBRULE2(this.type);
    const scope = this.OPTION2(() => this.CONSUME(word('of')) && this.SUBRULE3(this.name));
    let optional = false;
    let sentence: Word | undefined;
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.OR2([
        {
          ALT: () => {
            this.CONSUME(word('may be missing'));
            optional = true;
          },
        },
        {
          ALT: () => {
            this.CONSUME(word('said as'));
            sentence = this.SUBRULE3(this.text);
          },
        },
      ]);
    });
    const doc = this.OPTION3(() => this.SUBRULE4(this.text));
    return { name, type, optional, ...(scope && { scope }), ...(sentence && { sentence }), ...(doc && { doc }) };
  }
}

/** Clauses are added later; a head alone is not broken. */
const unread = { clauses: [], broken: false } as const;
