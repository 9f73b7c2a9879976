/** Reads all files and enters every name into the book, so that sentences may refer to each other in any order. */
import { type Book, emptyBook, isOf, type Placed } from './check/book.ts';
import { type Diagnostic, positionsOf, type Report, reporter } from './diagnostic.ts';
import { defineCalendar } from './families/calendar.ts';
import { declare } from './families/declare.ts';
import { defineMessages } from './families/message.ts';
import { clauseOf } from './families/shapes.ts';
import { defineTable } from './families/table.ts';
import type { CompileOptions, RuleSource, SourceFile } from './source.ts';
import { parse } from './syntax/parse.ts';
import type { PlanSentence } from './syntax/sentences.ts';

export interface ReadBook {
  readonly book: Book;
  /** By path, then by place: the order of ranks. */
  readonly sentences: readonly Placed[];
  /** Those whose name another sentence has already: checked, but not part of the rule set. */
  readonly twins: ReadonlySet<Placed>;
  /** Grows while the sentences are checked. */
  readonly diagnostics: Diagnostic[];
}

export function readBook(source: RuleSource, options: CompileOptions): ReadBook {
  const diagnostics: Diagnostic[] = [];
  const files = [...source.files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const book = emptyBook(new Map(files.map(({ path, text }) => [path, text])));
  const sentences = files
    .filter(({ path }) => path.endsWith('.rules'))
    .flatMap((file) => place(file, diagnostics, book.lost));
  const twins = reportTwins(sentences);
  defineMessages(book, (file) => reporter(file, book.files.get(file) ?? '', diagnostics));
  for (const placed of sentences) {
    if (
      !twins.has(placed) &&
      isOf(placed, 'declare fact', 'declare service', 'declare role', 'declare list', 'declare zone')
    )
      declare(placed, book);
  }
  for (const placed of sentences) {
    const name = placed.sentence.name.text;
    if (twins.has(placed)) continue;
    if (isOf(placed, 'table')) defineTable(placed, book);
    if (isOf(placed, 'calendar')) defineCalendar(placed, book, options);
    if (isOf(placed, 'discount')) book.discounts.set(name, placed);
    if (isOf(placed, 'plan')) book.plans.set(name, [...(book.plans.get(name) ?? []), placed]);
  }
  for (const versions of book.plans.values()) orderVersions(versions, twins);
  return { book, sentences, twins, diagnostics };
}

function place({ path, text }: SourceFile, diagnostics: Diagnostic[], lost: Set<string>): readonly Placed[] {
  const reportAll = reporter(path, text, diagnostics);
  // What cannot be found because its own first line is faulty has been reported there.
  const report: Report = (code, at, message, help) => {
    const written = text.slice(at.start, at.end).replace(/^"|"$/g, '');
    const [owner = ''] = written.split('.');
    if (!code.startsWith('unknown-') || !(lost.has(written) || lost.has(owner))) reportAll(code, at, message, help);
  };
  const position = positionsOf(text);
  const parsed = parse(text, report);
  for (const name of parsed.lost) lost.add(name);
  return parsed.sentences.map((sentence) => ({
    sentence,
    file: path,
    report,
    locate: (at) => ({ file: path, line: position(at.start).line }),
    slice: (at) => text.slice(at.start, at.end),
  }));
}

/** One name, one sentence of its kind; plans may have versions and tests share their names with nobody. */
function reportTwins(sentences: readonly Placed[]): Set<Placed> {
  const twins = new Set<Placed>();
  const seen = new Map<string, Placed>();
  for (const placed of sentences) {
    const { sentence } = placed;
    if (sentence.kind === 'plan' || sentence.kind === 'declare fact') continue;
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

/** By first day. Two versions from one day would both be in force. */
function orderVersions(versions: Placed<PlanSentence>[], twins: Set<Placed>): void {
  const from = ({ sentence }: Placed<PlanSentence>) => clauseOf(sentence.clauses, 'dates')?.from?.text ?? '';
  versions.sort((a, b) => (from(a) < from(b) ? -1 : from(a) > from(b) ? 1 : 0));
  for (const [index, placed] of versions.entries()) {
    const before = versions[index - 1];
    if (!before || from(before) !== from(placed)) continue;
    const { name } = placed.sentence;
    twins.add(placed);
    placed.report(
      'versions-overlap',
      name.span,
      `plan \`${name.text}\` is described a second time from the same day`,
      'give this version a later `from`, or another name',
    );
  }
}
