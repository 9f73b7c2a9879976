/** Reads all files and enters every name into the book, so that sentences may refer to each other in any order. */
import { type Book, emptyBook, isOf, type Placed } from './check/book.ts';
import type { Memory } from './check/memory.ts';
import { currenciesOf } from './check/money.ts';
import { defineCalendar } from './families/calendar.ts';
import { defineCatalogue } from './families/catalogue.ts';
import { declare } from './families/declare.ts';
import { defineMessages } from './families/message.ts';
import { definePurpose } from './families/offer-purpose.ts';
import { clausesOf } from './families/shapes.ts';
import { defineTable } from './families/table.ts';
import { defineTitles } from './families/titles.ts';
import { lostIn, type PlacedFile, sentencesOf } from './place.ts';
import type { CompileOptions, RuleSource } from './source.ts';
import { ruleKinds } from './syntax/sentences.ts';
import { orderVersions, versionRules } from './versions.ts';

export interface ReadBook {
  readonly book: Book;
  /** By path, then by place: the order of ranks. */
  readonly sentences: readonly Placed[];
  /** Those whose name another sentence has already: checked, but not part of the rule set. */
  readonly twins: ReadonlySet<Placed>;
}

/** `placed` are the rule files of the source, by path. Reports go to the memory. */
export function readBook(
  source: RuleSource,
  placed: ReadonlyMap<string, PlacedFile>,
  options: CompileOptions,
  memory: Memory,
): ReadBook {
  const files = [...source.files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const book = emptyBook(new Map(files.map(({ path, text }) => [path, text])));
  const rules = files.flatMap(({ path }) => placed.get(path) ?? []);
  const written = rules.flatMap(sentencesOf);
  for (const fault of rules.flatMap(({ parts }) => parts.flatMap(({ faults }) => faults))) memory.report(fault);
  for (const name of rules.flatMap(lostIn)) book.lost.add(name);
  const twins = reportTwins(written);
  memory.recall(memory, 'titles', [], book, (known) => defineTitles(known, memory.reportIn));
  const sentences = versionRules(written, twins, book, memory);
  memory.recall(memory, 'messages', [], book, (known) => defineMessages(known, memory.reportIn));
  for (const one of sentences) {
    if (
      !twins.has(one) &&
      isOf(one, 'declare fact', 'declare service', 'declare role', 'declare category', 'declare list', 'declare zone')
    )
      memory.recall(one, 'declare', [], book, (known) => declare(one, known));
  }
  for (const one of sentences) {
    const name = one.sentence.name.text;
    if (twins.has(one)) continue;
    if (isOf(one, 'table')) memory.recall(one, 'define', [], book, (known) => defineTable(one, known, memory.reportIn));
    if (isOf(one, 'calendar'))
      memory.recall(one, 'define', [options.holidays], book, (known) => defineCalendar(one, known, options));
    if (isOf(one, 'discount')) book.discounts.set(name, one);
    if (isOf(one, 'segment')) book.segments.set(name, one);
    if (isOf(one, 'offer')) book.offers.set(name, one);
    if (isOf(one, 'offer')) memory.recall(one, 'define', [], book, (known) => definePurpose(one, known));
    if (isOf(one, 'plan')) book.plans.set(name, [...(book.plans.get(name) ?? []), one]);
    if (isOf(one, 'contract')) book.contracts.set(name, [...(book.contracts.get(name) ?? []), one]);
    if (isOf(one, 'plan', 'contract'))
      for (const fee of clausesOf(one.sentence.clauses, 'fee')) book.fees.add(fee.name.text);
  }
  for (const one of sentences) {
    if (isOf(one, 'content') && !twins.has(one))
      memory.recall(one, 'define', [], book, (known) => defineCatalogue(one, known));
  }
  for (const versions of book.plans.values()) orderVersions(versions, twins);
  for (const versions of book.contracts.values()) orderVersions(versions, twins);
  reportNamesakes(book, twins);
  for (const plan of book.plans.keys()) book.currencies.set(plan, currenciesOf(plan, book));
  return { book, sentences, twins };
}

/** One name, one sentence of its kind; plans and rules may have versions, and tests share their names with nobody. */
function reportTwins(sentences: readonly Placed[]): Set<Placed> {
  const twins = new Set<Placed>();
  const seen = new Map<string, Placed>();
  for (const placed of sentences) {
    const { sentence } = placed;
    if (isOf(placed, 'plan', 'contract', 'declare fact', ...ruleKinds)) continue;
    // A rulebook has one zone.
    const key = sentence.kind === 'declare zone' ? sentence.kind : `${sentence.kind} ${sentence.name.text}`;
    const first = seen.get(key);
    if (first) {
      twins.add(placed);
      const { line } = first.locate(first.sentence.span);
      placed.report(
        'duplicate-name',
        sentence.name.span,
        sentence.kind === 'declare zone'
          ? `line ${line} of ${first.file} says the zone already`
          : `line ${line} of ${first.file} has the same name`,
        sentence.kind === 'declare zone' ? 'keep one of the two' : 'choose another name, or keep one of the two',
      );
    } else seen.set(key, placed);
  }
  return twins;
}

/** The ids of plans and contracts begin with their names. */
function reportNamesakes(book: Book, twins: Set<Placed>): void {
  for (const [name, [contract]] of book.contracts) {
    const [plan] = book.plans.get(name) ?? [];
    if (!contract || !plan) continue;
    twins.add(contract);
    contract.report(
      'duplicate-name',
      contract.sentence.name.span,
      `line ${plan.locate(plan.sentence.span).line} of ${plan.file} has a plan of the same name`,
      'choose another name: the ids of prices begin with it',
    );
  }
}
