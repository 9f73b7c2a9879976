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
  /** Grows while the sentences are checked. */
  readonly diagnostics: Diagnostic[];
}

export function readBook(source: RuleSource, options: CompileOptions): ReadBook {
  const diagnostics: Diagnostic[] = [];
  const files = [...source.files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const book = emptyBook(new Map(files.map(({ path, text }) => [path, text])));
  const lost = new Set<string>();
  const sentences = files
    .filter(({ path }) => path.endsWith('.rules'))
    .flatMap((file) => place(file, diagnostics, lost));
  reportTwins(sentences);
  defineMessages(book, (file) => reporter(file, book.files.get(file) ?? '', diagnostics));
  for (const placed of sentences) {
    if (isOf(placed, 'declare fact', 'declare service', 'declare role', 'declare list', 'declare zone'))
      declare(placed, book);
  }
  for (const placed of sentences) {
    const name = placed.sentence.name.text;
    if (isOf(placed, 'table')) defineTable(placed, book);
    if (isOf(placed, 'calendar')) defineCalendar(placed, book, options);
    if (isOf(placed, 'discount')) book.discounts.set(name, placed);
    if (isOf(placed, 'plan')) book.plans.set(name, [...(book.plans.get(name) ?? []), placed]);
  }
  for (const versions of book.plans.values()) orderVersions(versions);
  return { book, sentences, diagnostics };
}

function place({ path, text }: SourceFile, diagnostics: Diagnostic[], lost: Set<string>): readonly Placed[] {
  const reportAll = reporter(path, text, diagnostics);
  // What cannot be found because its own first line is faulty has been reported there.
  const report: Report = (code, at, message, help) => {
    const [name = ''] = text.slice(at.start, at.end).split('.');
    if (!code.startsWith('unknown-') || !lost.has(name)) reportAll(code, at, message, help);
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
function reportTwins(sentences: readonly Placed[]): void {
  const seen = new Map<string, Placed>();
  for (const placed of sentences) {
    const { sentence } = placed;
    if (sentence.kind === 'plan' || sentence.kind === 'declare fact') continue;
    const key = `${sentence.kind} ${sentence.name.text}`;
    const first = seen.get(key);
    if (first) {
      const { line } = first.locate(first.sentence.span);
      placed.report(
        'duplicate-name',
        sentence.name.span,
        `line ${line} of ${first.file} has the same name`,
        'choose another name, or keep one of the two',
      );
    } else seen.set(key, placed);
  }
}

/** By first day. Two versions from one day would both be in force. */
function orderVersions(versions: Placed<PlanSentence>[]): void {
  const from = ({ sentence }: Placed<PlanSentence>) => clauseOf(sentence.clauses, 'dates')?.from?.text ?? '';
  versions.sort((a, b) => (from(a) < from(b) ? -1 : from(a) > from(b) ? 1 : 0));
  for (const [index, placed] of versions.entries()) {
    const before = versions[index - 1];
    if (!before || from(before) !== from(placed)) continue;
    const { name } = placed.sentence;
    placed.report(
      'versions-overlap',
      name.span,
      `plan \`${name.text}\` is described a second time from the same day`,
      'give this version a later `from`, or another name',
    );
  }
}
