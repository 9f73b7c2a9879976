/** From rule text to a rule set: read, name, check and compile, prove, put together. Pure: same sources, same bytes. */
import type { RuleSet } from '../engine/rule-set.ts';
import type { TestCase } from '../engine/test-case.ts';
import { assemble } from './assemble.ts';
import { type Book, isOf, type Placed } from './check/book.ts';
import { checkMoney } from './check/money.ts';
import { prove } from './check/proofs.ts';
import { type Diagnostic, inReadingOrder, reporter } from './diagnostic.ts';
import { compileAnomaly } from './families/anomaly.ts';
import { compileDiscount } from './families/discount.ts';
import { compileNotify } from './families/notify.ts';
import { compileOffer } from './families/offer.ts';
import { type CompiledPlan, compilePlan } from './families/plan.ts';
import { compileRemind } from './families/remind.ts';
import type { RuleDraft } from './families/rule.ts';
import { checkShape } from './families/shapes.ts';
import { compileTax } from './families/tax.ts';
import { compileTest } from './families/test.ts';
import { readBook } from './read-book.ts';
import type { CompileOptions, RuleSource } from './source.ts';

export interface Compilation {
  /** Absent if there are errors. */
  readonly ruleSet?: RuleSet;
  readonly tests: readonly TestCase[];
  /** By file and place; warnings among them do not prevent a rule set. */
  readonly diagnostics: readonly Diagnostic[];
}

export function compileRules(source: RuleSource, options: CompileOptions = {}): Compilation {
  const { book, sentences, twins, diagnostics } = readBook(source, options);
  const sound = sentences.filter(({ sentence, report }) => checkShape(sentence, report));
  const plans = compilePlans(book, new Set(sound), twins);
  const rules = [
    ...plans.flatMap((plan) => plan.rules),
    ...sound.flatMap((placed) => {
      if (!isOf(placed, 'plan')) checkMoney(placed, book);
      const compiled = compileRule(placed, book);
      return twins.has(placed) ? [] : compiled;
    }),
  ];
  const isFaulty = () => diagnostics.some(({ severity }) => severity === 'error');
  prove(rules, sentences, book, !isFaulty(), (file) => reporter(file, book.files.get(file) ?? '', diagnostics));
  // While some rule is faulty, a test may name what is not there yet.
  const names = isFaulty() ? undefined : new Set(rules.map(({ name }) => name));
  const tests = sound.flatMap((placed) => (isOf(placed, 'test') ? (compileTest(placed, book, names) ?? []) : []));
  return {
    ...(!isFaulty() && {
      ruleSet: assemble(
        plans.map(({ plan }) => plan),
        rules,
        book,
        source,
      ),
    }),
    tests,
    diagnostics: inReadingOrder(diagnostics),
  };
}

/** All versions of all plans; later ones are known by their first day. */
function compilePlans(book: Book, sound: ReadonlySet<Placed>, twins: ReadonlySet<Placed>): readonly CompiledPlan[] {
  return [...book.plans].flatMap(([name, versions]) =>
    versions.flatMap((placed, index) => {
      const from = placed.sentence.clauses.find((clause) => clause.kind === 'dates')?.from?.text;
      const id = index === 0 || from === undefined ? name : `${name}@${from}`;
      const compiled = sound.has(placed) ? compilePlan(placed, id, book) : undefined;
      return compiled && !twins.has(placed) ? [compiled] : [];
    }),
  );
}

function compileRule(placed: Placed, book: Book): readonly RuleDraft[] {
  if (isOf(placed, 'discount', 'tax', 'anomaly', 'offer', 'remind', 'notify')) {
    switch (placed.sentence.kind) {
      case 'discount':
        return one(compileDiscount(placed, book));
      case 'tax':
        return one(compileTax(placed, book));
      case 'anomaly':
        return one(compileAnomaly(placed, book));
      case 'offer':
        return one(compileOffer(placed, book));
      case 'remind':
        return compileRemind(placed, book);
      case 'notify':
        return one(compileNotify(placed, book));
    }
  }
  return [];
}

function one(rule: RuleDraft | undefined): readonly RuleDraft[] {
  return rule ? [rule] : [];
}
