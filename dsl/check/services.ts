/** Services and destinations by name, or a report of what there is instead. */
import type { Report } from '../diagnostic.ts';
import type { Word } from '../syntax/tree.ts';
import type { Book } from './book.ts';
import { noteFact } from './facts-read.ts';
import { nearest } from './nearest.ts';
import type { Scene } from './scene.ts';

export function knownService(service: Word, book: Book, report: Report): string | undefined {
  if (book.services.has(service.text)) return service.text;
  const guess = nearest(service.text, book.services.keys());
  report(
    'unknown-service',
    service.span,
    `there is no service \`${service.text}\``,
    guess
      ? `did you mean \`${guess}\`?`
      : `services are ${[...book.services.keys()].join(', ')}; \`declare service\` adds one`,
  );
  return undefined;
}

/** What the number called is looked up as. */
export interface Destinations {
  /** The fact of the look-up. */
  readonly fact: string;
  /** Sorted, never empty. */
  readonly among: readonly string[];
}

/** `to home or eu`: the values of the table that looks up the number called. */
export function knownDestinations(
  to: readonly Word[],
  { book, report }: Pick<Scene, 'book' | 'report'>,
): Destinations | undefined {
  const tables = [...book.tables.values()].filter((table) => table.key === 'event.called_number');
  const valuesOf = (name: string) => {
    const type = book.facts.get(name)?.type;
    return type?.kind === 'enum' ? type.values : [];
  };
  const names = to.map(({ text }) => text);
  const table = tables.find(({ name }) => names.every((value) => valuesOf(name).includes(value)));
  if (table) {
    noteFact(table.name, { book });
    return { fact: table.name, among: [...new Set(names)].sort() };
  }
  // A table that cannot be read has been reported.
  if (tables.length === 0 && book.lost.size > 0) return undefined;
  const known = tables.flatMap(({ name }) => valuesOf(name));
  const wrong = to.find(({ text }) => !known.includes(text)) ?? to[0];
  const guess = wrong && nearest(wrong.text, known);
  if (wrong)
    report(
      'unknown-value',
      wrong.span,
      `\`${wrong.text}\` is not a destination`,
      guess
        ? `did you mean \`${guess}\`?`
        : `destinations come from a table by event.called_number${known.length > 0 ? `: ${known.join(', ')}` : '; there is none'}`,
    );
  return undefined;
}
