/** From rule text to a rule set: read, name, check and compile, prove, put together. Pure: same sources, same bytes. */
import type { RuleSet } from '../engine/rule-set.ts';
import type { TestCase } from '../engine/test-case.ts';
import { assemble } from './assemble.ts';
import { type Book, isOf, type Placed } from './check/book.ts';
import { checkDataUnits } from './check/data-units.ts';
import { enterLineTitles } from './check/line-titles.ts';
import { createMemory, type Memory } from './check/memory.ts';
import { checkMoney } from './check/money.ts';
import { prove } from './check/proofs.ts';
import { reportTitles } from './check/titles.ts';
import { type Diagnostic, inReadingOrder, placer, type Reported } from './diagnostic.ts';
import { compileContent } from './families/content.ts';
import { type CompiledContract, compileContract, reportOverlaps } from './families/contract.ts';
import { compileRule } from './families/families.ts';
import { firstDayOf } from './families/periods.ts';
import { type CompiledPlan, compilePlan } from './families/plan.ts';
import type { TermsSentence } from './families/plan-blocks.ts';
import type { RuleDraft } from './families/rule.ts';
import { checkShape } from './families/shapes.ts';
import { compileTest } from './families/test.ts';
import { fixesFor } from './fixes.ts';
import { type PlacedFile, placeFile } from './place.ts';
import { readBook } from './read-book.ts';
import type { CompileOptions, RuleSource } from './source.ts';
import { ruleKinds } from './syntax/sentences.ts';

export interface Compilation {
  /** Absent if there are errors. */
  readonly ruleSet?: RuleSet;
  readonly tests: readonly TestCase[];
  /** By file and place; warnings among them do not prevent a rule set. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What can be said of rule text: names, rules and tests, faults. */
export interface Analysis extends Omit<Compilation, 'ruleSet'> {
  readonly book: Book;
  /** By path, then by place. */
  readonly sentences: readonly Placed[];
  readonly plans: readonly CompiledPlan[];
  readonly contracts: readonly CompiledContract[];
  readonly rules: readonly RuleDraft[];
  readonly isFaulty: boolean;
  readonly past: Past;
}

/** What an analysis leaves to the next one, which then works out only what has changed. */
export interface Past {
  readonly memory: Memory;
  readonly files: ReadonlyMap<string, PlacedFile>;
}

export function compileRules(source: RuleSource, options: CompileOptions = {}): Compilation {
  return compilationOf(analyse(source, options), source);
}

/** `analysis` is that of `source`. */
export function compilationOf(analysis: Analysis, source: RuleSource): Compilation {
  const { plans, contracts, rules, book, isFaulty, tests, diagnostics } = analysis;
  if (isFaulty) return { tests, diagnostics };
  const ruleSet = assemble(
    plans.map(({ plan }) => plan),
    contracts.map(({ contract }) => contract),
    rules,
    book,
    source,
  );
  return { ruleSet, tests, diagnostics };
}

/** The same with and without a past, but for the time it takes. */
export function analyse(source: RuleSource, options: CompileOptions = {}, past: Past = noPast()): Analysis {
  const { memory } = past;
  const ruleFiles = source.files.filter(({ path }) => path.endsWith('.rules'));
  const files = new Map(
    ruleFiles.map((file) => [file.path, placeFile(file, past.files.get(file.path), memory)] as const),
  );
  const { book, sentences, twins } = readBook(source, files, options, memory);
  const faults = gatherFaults(book, memory);
  const sound = sentences.filter((one) => memory.recall(one, 'shape', [], book, () => checkSentence(one)));
  const workshop = { book, sound: new Set(sound), twins, memory };
  const plans = compileVersions(book.plans, compilePlan, workshop);
  const contracts = compileVersions(book.contracts, compileContract, workshop);
  reportOverlaps(contracts);
  const rules = [
    ...[...plans, ...contracts].flatMap((terms) => terms.rules),
    ...sound.flatMap((one) => {
      const compiled = memory.recall(one, 'rule', [], book, (known) => checkRule(one, known));
      return twins.has(one) ? [] : compiled;
    }),
  ];
  prove(rules, sentences, book, !faults.isFaulty(), memory);
  const titled = { plans: plans.map(({ plan }) => plan), contracts: contracts.map(({ contract }) => contract), rules };
  if (!faults.isFaulty()) reportTitles(titled, book, memory.reportIn);
  for (const { name } of rules) book.ruleNames.add(name);
  enterLineTitles(titled, book);
  book.knowsAllRules = !faults.isFaulty();
  const tests = sound.flatMap((one) =>
    isOf(one, 'test') ? (memory.recall(one, 'test', [], book, (known) => compileTest(one, known)) ?? []) : [],
  );
  const diagnostics = inReadingOrder(faults.all());
  const isFaulty = faults.isFaulty();
  return { book, sentences, plans, contracts, rules, tests, diagnostics, isFaulty, past: { memory, files } };
}

/** What can be said of a sentence by itself: whether it has the clauses it needs. */
function checkSentence({ sentence, report }: Placed): boolean {
  const isSound = checkShape(sentence, report);
  if (isSound && sentence.kind !== 'test') checkDataUnits(sentence, report);
  return isSound;
}

function noPast(): Past {
  return { memory: createMemory(), files: new Map() };
}

/** What has been reported so far. What cannot be found because its own sentence is faulty has been reported there. */
function gatherFaults(book: Book, memory: Memory) {
  const textOf = (file: string) => book.files.get(file) ?? '';
  const place = placer(textOf, fixesFor);
  const found: Diagnostic[] = [];
  const isLost = ({ anchor: { file, start, names }, code, at }: Reported) => {
    if (!code.startsWith('unknown-') || code === 'unknown-sentence' || code === 'unknown-unit') return false;
    const written = textOf(file)
      .slice(start + at.start, start + at.end)
      .replace(/^"|"$/g, '');
    const [owner = ''] = written.split('.');
    return !names.includes(written) && (book.lost.has(written) || book.lost.has(owner));
  };
  const all = () => {
    for (const reported of memory.takeReports()) {
      const diagnostic = isLost(reported) ? undefined : place(reported);
      if (diagnostic) found.push(diagnostic);
    }
    return found;
  };
  return { all, isFaulty: () => all().some(({ severity }) => severity === 'error') };
}

/** All versions of all plans, or of all contracts; later ones are known by their first day. */
function compileVersions<S extends TermsSentence, C>(
  named: Iterable<readonly [string, readonly Placed<S>[]]>,
  compile: (placed: Placed<S>, id: string, book: Book) => C | undefined,
  {
    book,
    sound,
    twins,
    memory,
  }: Readonly<{ book: Book; sound: ReadonlySet<Placed>; twins: ReadonlySet<Placed>; memory: Memory }>,
): readonly C[] {
  return [...named].flatMap(([name, versions]) =>
    versions.flatMap((placed, index) => {
      const from = firstDayOf(placed.sentence);
      const id = index === 0 || from === undefined ? name : `${name}@${from}`;
      const compiled = sound.has(placed)
        ? memory.recall(placed, 'terms', [id], book, (known) => compile(placed, id, known))
        : undefined;
      return compiled && !twins.has(placed) ? [compiled] : [];
    }),
  );
}

/** What a sentence that is no plan or contract says by itself. */
function checkRule(placed: Placed, book: Book): readonly RuleDraft[] {
  if (!isOf(placed, 'plan', 'contract')) checkMoney(placed, book);
  if (isOf(placed, 'content')) return compileContent(placed, book);
  return isOf(placed, ...ruleKinds) ? compileRule(placed, book) : [];
}
