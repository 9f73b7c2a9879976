/** The worlds of a word or number that is looked up in tables and asked for prefixes. */
import type { DerivedFact, FactType, LookupTable } from '../../engine/rule-set.ts';
import { isAmountType } from './amounts.ts';
import type { Book } from './book.ts';
import { knownName } from './guards.ts';
import { amountInWords } from './quantities.ts';
import type { World, WorldValue } from './world.ts';

/** A key, or with `others` any key that begins with it and is not listed itself. */
interface Candidate {
  readonly key: string;
  readonly others: boolean;
}

export function keyWorlds(
  source: string,
  derived: readonly DerivedFact[],
  literals: readonly string[],
  { tables, facts }: Pick<Book, 'tables' | 'facts'>,
): readonly World[] {
  const type = facts.get(source)?.type;
  const readers = derived.flatMap((fact) => readerOf(fact, tables) ?? []);
  const candidates: readonly Candidate[] =
    type?.kind === 'enum'
      ? type.values.map((key) => ({ key, others: false }))
      : candidatesOf(derived, literals, tables);
  const missing = facts.get(source)?.optional ? [undefined] : [];
  const worlds = new Map<string, World>();
  for (const candidate of [...candidates, ...missing]) {
    const values = new Map<string, WorldValue>([[knownName(source), candidate !== undefined]]);
    // What a listed word is, it is; any other number is none of those that conditions name.
    values.set(source, candidate && !candidate.others ? candidate.key : '');
    for (const reader of readers) for (const [name, value] of reader(candidate)) values.set(name, value);
    const id = JSON.stringify([...values]);
    if (!worlds.has(id)) worlds.set(id, { example: exampleOf(source, candidate, values, derived), values });
  }
  return [...worlds.values()];
}

type Reader = (candidate: Candidate | undefined) => readonly (readonly [name: string, value: WorldValue])[];

function readerOf({ name, type, expression }: DerivedFact, tables: Book['tables']): Reader | undefined {
  if (expression.op === 'starts with') {
    const { prefix } = expression;
    return (candidate) => [[name, candidate?.key.startsWith(prefix) === true]];
  }
  const table = expression.op === 'look-up' ? tables.get(expression.table) : undefined;
  if (!table || expression.op !== 'look-up') return undefined;
  const column = table.columns.indexOf(expression.column);
  const cells = new Map(table.rows.map((row) => [row[0] ?? '', row[column] ?? '']));
  // What stands for everything else stands for the table's own column.
  const otherwise = expression.column === table.column ? table.otherwise : undefined;
  return (candidate) => {
    const cell = candidate && cellFor(candidate, table, cells);
    return [
      [name, asValue(cell ?? otherwise ?? '', type)],
      [knownName(name), candidate !== undefined && (cell !== undefined || otherwise !== undefined)],
    ];
  };
}

function asValue(cell: string, type: FactType): WorldValue {
  if (type.kind === 'boolean') return cell === 'yes' || cell === 'true';
  return isAmountType(type) ? Number(cell) : cell;
}

function cellFor(
  { key, others }: Candidate,
  { match }: LookupTable,
  cells: ReadonlyMap<string, string>,
): string | undefined {
  if (match === 'exact') return others ? undefined : cells.get(key);
  for (let length = key.length; length >= 0; length--) {
    const cell = cells.get(key.slice(0, length));
    if (cell !== undefined) return cell;
  }
  return undefined;
}

function candidatesOf(
  derived: readonly DerivedFact[],
  literals: readonly string[],
  tables: Book['tables'],
): readonly Candidate[] {
  const listed = new Set(literals);
  const prefixes = new Set(['']);
  for (const { expression } of derived) {
    if (expression.op === 'starts with') prefixes.add(expression.prefix);
    const table = expression.op === 'look-up' ? tables.get(expression.table) : undefined;
    const keys = table?.match === 'exact' ? listed : prefixes;
    for (const [key = ''] of table?.rows ?? []) keys.add(key);
  }
  // A prefix of which every continuation is listed stands for no number of its own.
  const isDividedUp = (prefix: string) => [...'0123456789'].every((digit) => prefixes.has(prefix + digit));
  return [
    ...[...prefixes].filter((prefix) => !isDividedUp(prefix)).map((key) => ({ key, others: true })),
    ...[...listed].map((key) => ({ key, others: false })),
  ];
}

function exampleOf(
  source: string,
  candidate: Candidate | undefined,
  values: World['values'],
  derived: readonly DerivedFact[],
): string {
  if (!candidate) return `${source} is missing`;
  const said = derived.map(({ name, type }) => {
    const value = values.get(name);
    if (typeof value === 'boolean') return value ? name : `not ${name}`;
    return values.get(knownName(name)) === false
      ? `${name} is missing`
      : `${name} is ${typeof value === 'number' ? amountInWords(value, type.kind) : value}`;
  });
  const key = candidate.key === '' ? 'any other' : candidate.key;
  return `${source} is ${key} (${said.join(', ')})`;
}
