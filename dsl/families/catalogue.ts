/** The CSV of a `content` sentence: links, each with what it is about, for whom and how long. */
import type { Link } from '../../engine/outcomes.ts';
import type { Book, Placed } from '../check/book.ts';
import { canonicalJson, hashText } from '../check/canonical.ts';
import { nearest } from '../check/nearest.ts';
import { isDate } from '../check/quantities.ts';
import type { ContentSentence } from '../syntax/sentences.ts';
import { readCsv } from './csv.ts';

const columns = ['id', 'title', 'url', 'categories', 'languages', 'from', 'until', 'text'] as const;
type Column = (typeof columns)[number];
type Row = Readonly<Record<Column, string>>;

/** Enters the links of a catalogue into the book; a faulty one is lost. */
export function defineCatalogue(placed: Placed<ContentSentence>, book: Book): void {
  const { name, path } = placed.sentence;
  const rows = readLinks(placed, book);
  if (!rows) {
    book.lost.add(name.text);
    return;
  }
  const links = rows.map(linkOf).sort((a, b) => (a.id < b.id ? -1 : 1));
  book.catalogues.set(name.text, { name: name.text, file: path.text, hash: hashText(canonicalJson(links)), links });
}

function linkOf({ id, title, url, categories, languages, from, until, text }: Row): Link {
  return {
    id,
    title,
    url,
    categories: wordsIn(categories),
    languages: wordsIn(languages),
    ...(from !== '' && { from }),
    ...(until !== '' && { until }),
    text,
  };
}

function wordsIn(cell: string): readonly string[] {
  return cell.split(/[\s;]+/).filter(Boolean);
}

/** Undefined if something has been reported. */
function readLinks({ sentence: { path }, report }: Placed<ContentSentence>, book: Book): readonly Row[] | undefined {
  const table = readCsv(path, book, report);
  if (!table) return undefined;
  const [header = [], ...content] = table;
  const broken = (message: string, help: string) => {
    report('broken-table', path.span, `${path.text} ${message}`, help);
    return undefined;
  };
  const missing = columns.find((column) => !header.includes(column));
  if (missing) return broken(`has no column \`${missing}\``, `its first line is: ${columns.join(',')}`);
  const rows = content.map(
    (cells) => Object.fromEntries(columns.map((column) => [column, cells[header.indexOf(column)] ?? ''])) as Row,
  );
  const seen = new Set<string>();
  for (const row of rows) {
    if (seen.has(row.id)) return broken(`has two links \`${row.id}\``, 'give each link an id of its own');
    seen.add(row.id);
    const fault = faultOf(row, book);
    if (fault) return broken(`says of \`${row.id}\`: ${fault[0]}`, fault[1]);
  }
  return rows;
}

/** What is wrong with a link, and what to do about it. */
function faultOf(row: Row, { segments }: Book): readonly [string, string] | undefined {
  if (row.id === '') return ['it has no id', 'write an id in every row'];
  if (row.title === '') return ['it has no title', 'write what the customer reads'];
  if (!/^https?:\/\/\S+$/.test(row.url))
    return [`\`${row.url}\` is no address`, 'write the whole address, from https:// on'];
  const odd = [row.from, row.until].find((day) => day !== '' && !isDate(day));
  if (odd) return [`\`${odd}\` is no date`, 'write dates as 2026-01-31, or leave the cell empty'];
  if (row.from !== '' && row.until !== '' && row.from >= row.until)
    return [`it ends on ${row.until}, before it begins`, 'the last day is not part of the period: write a later one'];
  const language = wordsIn(row.languages).find((word) => !/^[a-z]{2}$/.test(word));
  if (language !== undefined || row.languages === '')
    return [`\`${language ?? ''}\` is no language`, 'write languages as two letters, with blanks between: en de'];
  const category = wordsIn(row.categories).find((word) => !segments.has(word));
  if (category === undefined) return undefined;
  const guess = nearest(category, segments.keys());
  return [
    `\`${category}\` is no segment`,
    guess ? `did you mean \`${guess}\`?` : 'describe it with a `segment` sentence',
  ];
}
