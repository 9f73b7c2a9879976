/**
 * What has been worked out already, so that an edit costs what it changes. Work on a sentence is remembered with what
 * it read in the book, what it entered and what it reported; as long as all it read is the same, so is the rest.
 */
import type { Report, Reported } from '../diagnostic.ts';
import type { Book } from './book.ts';
import { findsSame, type Read, type Write, watch, writeAgain } from './watch.ts';

export interface Memory {
  /**
   * What `work` gives. It is done again only if `inputs` or something that it read in the book has changed since; what it
   * entered and reported happens again either way. `about` and `task` say which work it is. Work reads nothing that
   * changes except its inputs and the book that it is given.
   */
  readonly recall: <T>(
    about: object,
    task: string,
    inputs: readonly unknown[],
    book: Book,
    work: (book: Book) => T,
  ) => T;
  readonly report: (reported: Reported) => void;
  /** For files that have no sentences. */
  readonly reportIn: (file: string) => Report;
  /** What has been reported since this was asked last. */
  readonly takeReports: () => readonly Reported[];
}

interface Entry {
  readonly inputs: readonly unknown[];
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
  readonly reports: readonly Reported[];
  readonly result: unknown;
}

/** While a line is typed, rules go back and forth between faulty and sound. */
const versions = 2;

export function createMemory(): Memory {
  const entries = new WeakMap<object, Map<string, readonly Entry[]>>();
  let log: Reported[] = [];
  return {
    report: (reported) => log.push(reported),
    reportIn: (file) => (code, at, message, help) =>
      log.push({ anchor: { file, names: [], start: 0, line: 0 }, code, at, message, help }),
    takeReports: () => {
      const taken = log;
      log = [];
      return taken;
    },
    recall: (about, task, inputs, book, work) => {
      const tasks = entries.get(about) ?? new Map<string, readonly Entry[]>();
      entries.set(about, tasks);
      const known = tasks.get(task) ?? [];
      const found = known.find((entry) => equal(entry.inputs, inputs) && findsSame(entry.reads, book));
      if (found) {
        writeAgain(found.writes, book);
        log.push(...found.reports);
        return found.result as ReturnType<typeof work>;
      }
      const outer = log;
      log = [];
      const watched = watch(book);
      const result = work(watched.book);
      const entry = { inputs, reads: [...watched.reads], writes: watched.writes, reports: log, result };
      tasks.set(task, [entry, ...known].slice(0, versions));
      outer.push(...log);
      log = outer;
      return result;
    },
  };
}

function equal(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
}
