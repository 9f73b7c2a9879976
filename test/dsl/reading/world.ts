/** What the conditions of a rulebook are about: declared and built-in facts, lists, tables, calendars, as they are described. */
import { cutSentences } from '../../../dsl/syntax/lines.ts';
import { parse } from '../../../dsl/syntax/parse.ts';
import type { CalendarSentence, Sentence, TableSentence } from '../../../dsl/syntax/sentences.ts';
import type { Item } from '../../../engine/rule-set.ts';
import { serviceFacts } from '../../../engine/service-facts.ts';
import { builtInFacts, builtInServices } from '../../../engine/vocabulary.ts';
import { type Fraction, fraction } from '../../engine/oracle-fraction.ts';

/** Amounts are exact, in base units. */
export type Held = Fraction | string | boolean | readonly string[] | readonly Item[];

/** The facts by name; undefined for one that is missing. */
export type Reader = (fact: string) => Held | undefined;

export interface KnownFact {
  readonly name: string;
  readonly isAmount: boolean;
  readonly optional: boolean;
  readonly sentence?: string | undefined;
}

export interface World {
  readonly zone: string;
  readonly facts: ReadonlyMap<string, KnownFact>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly segments: ReadonlySet<string>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly calendars: ReadonlyMap<string, CalendarSentence>;
  readonly holidays: (region: string, year: number) => readonly string[];
  /** In a segment `order.items` are those of any order of the customer. */
  readonly boughtAsOrdered?: boolean;
}

interface Table {
  readonly sentence: TableSentence;
  /** The first line names the columns. */
  readonly rows: readonly (readonly string[])[];
}

export function readSentences(text: string): readonly Sentence[] {
  return cutSentences(text).flatMap((part) => {
    const { sentences } = parse(part, (code, _, message) => {
      throw new Error(`${code}: ${message}\n${part}`);
    });
    return sentences;
  });
}

export function readWorld(
  sentences: readonly Sentence[],
  files: ReadonlyMap<string, string>,
  holidays: World['holidays'],
): World {
  const amounts = ['money', 'duration', 'data', 'count', 'percent', 'date', 'instant', 'time'];
  const services = sentences.flatMap((one) =>
    one.kind === 'declare service' ? [{ name: one.name.text, measure: 'messages' as const, doc: '' }] : [],
  );
  const builtIn = [...builtInFacts, ...[...builtInServices, ...services].flatMap(serviceFacts)];
  const facts = builtIn.map(({ name, type, optional = false, sentence }) => ({
    name,
    isAmount: amounts.includes(type.kind),
    optional,
    sentence,
  }));
  const declared = sentences.flatMap((one) =>
    one.kind === 'declare fact'
      ? [
          {
            name: one.name.text,
            isAmount: amounts.includes(one.type?.name ?? ''),
            optional: one.optional === true,
            sentence: one.sentence?.text,
          },
        ]
      : [],
  );
  const tables = sentences.flatMap((sentence) => (sentence.kind === 'table' ? [tableOf(sentence, files)] : []));
  const lookedUp = tables.flatMap(({ sentence, rows: [columns = []] }) =>
    columns.slice(1).map((column) => {
      const name = column === nameColumn(sentence, columns) ? sentence.name.text : `${sentence.name.text}.${column}`;
      return { name, isAmount: false, optional: sentence.otherwise === undefined };
    }),
  );
  return {
    zone: sentences.find(({ kind }) => kind === 'declare zone')?.name.text ?? 'UTC',
    facts: new Map([...facts, ...declared, ...lookedUp].map((fact) => [fact.name, fact])),
    lists: new Map(
      sentences.flatMap((one) =>
        one.kind === 'declare list'
          ? [[one.name.text, (one.values ?? []).map((value) => ('text' in value ? value.text : ''))] as const]
          : [],
      ),
    ),
    segments: new Set(sentences.flatMap(({ kind, name }) => (kind === 'segment' ? [name.text] : []))),
    tables: new Map(tables.map((table) => [table.sentence.name.text, table])),
    calendars: new Map(sentences.flatMap((one) => (one.kind === 'calendar' ? [[one.name.text, one] as const] : []))),
    holidays,
  };
}

/** Facts as the engine is given them: numbers in base units, and whether those that may be missing are known. */
export type BaseFacts = Readonly<Record<string, number | string | boolean | readonly string[] | readonly Item[]>>;

/** Reads facts that are given, and those that are looked up by them. */
export function reader(world: World, base: BaseFacts): Reader {
  const read: Reader = (written) => {
    const name = world.boughtAsOrdered && written === 'order.items' ? 'customer.bought' : written;
    const [owner = '', column] = name.split('.');
    const table = world.tables.get(owner);
    if (table) return lookUp(table, column, read);
    if (base[`${name}.known`] === false) return undefined;
    const held = base[name];
    if (held === undefined) throw new Error(`${name} is not given.`);
    return typeof held === 'number' ? fraction(String(held)) : held;
  };
  return read;
}

function lookUp({ sentence, rows: [columns = [], ...rows] }: Table, column: string | undefined, read: Reader) {
  const key = read(sentence.key.name);
  if (key === undefined) return undefined;
  const fits = ([prefix = '']: readonly string[]) =>
    sentence.match === 'exact' ? key === prefix : String(key).startsWith(prefix);
  const { otherwise } = sentence;
  const rest = otherwise && 'text' in otherwise ? otherwise.text : undefined;
  const [found] = rows.filter(fits).sort(([a = ''], [b = '']) => b.length - a.length);
  return found?.[columns.indexOf(column ?? nameColumn(sentence, columns))] ?? rest;
}

/** The column that a table's own name reads: the one called so, or the second. */
function nameColumn({ name }: TableSentence, columns: readonly string[]): string {
  return columns.includes(name.text) ? name.text : (columns[1] ?? '');
}

function tableOf(sentence: TableSentence, files: ReadonlyMap<string, string>): Table {
  const lines = (files.get(sentence.path.text) ?? '').trim().split('\n');
  return { sentence, rows: lines.map((line) => line.split(',')) };
}
