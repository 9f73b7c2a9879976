/** A book that notes what is read of it and written to it. */
import type { Book } from './book.ts';

type Field = keyof Book;

/** What a piece of work found when it looked. */
export interface Read {
  readonly field: Field;
  readonly how: 'itself' | 'has' | 'get' | 'keys' | 'all';
  readonly key?: unknown;
  readonly found: unknown;
}

/** What it entered; without a key, the field itself. */
export interface Write {
  readonly field: Field;
  readonly key?: unknown;
  readonly value: unknown;
}

export interface Watched {
  readonly book: Book;
  readonly reads: Iterable<Read>;
  readonly writes: readonly Write[];
}

/** The same book; whoever uses it leaves a trace. What somebody entered and reads again is no trace of others. */
export function watch(book: Book): Watched {
  const reads = new Map<string, Read>();
  const writes: Write[] = [];
  const own = new Set<string>();
  const collections = new Map<Field, object>();
  const note = (field: Field, how: Read['how'], found: unknown, key?: unknown) => {
    const name = `${how} ${field} ${String(key)}`;
    if (!own.has(`${field} ${String(key)}`) && !reads.has(name)) reads.set(name, { field, how, key, found });
  };
  const write = (field: Field, value: unknown, key?: unknown) => {
    own.add(`${field} ${String(key)}`);
    writes.push({ field, value, key });
  };
  const watched = new Proxy(book, {
    get(target, field: Field) {
      const value = target[field];
      note(field, 'itself', look(value, 'itself'));
      if (!isCollection(value)) return value;
      const known = collections.get(field) ?? watchCollection(field, value, note, write);
      collections.set(field, known);
      return known;
    },
    set(target, field: Field, value) {
      write(field, value);
      return Reflect.set(target, field, value);
    },
  });
  return { book: watched, reads: { [Symbol.iterator]: () => reads.values() }, writes };
}

/** Whether whoever looked would find the same now. */
export function findsSame(reads: Iterable<Read>, book: Book): boolean {
  for (const { field, how, key, found } of reads) if (!same(found, look(book[field], how, key))) return false;
  return true;
}

/** Enters again what was entered. */
export function writeAgain(writes: readonly Write[], book: Book): void {
  for (const { field, key, value } of writes) {
    const target: unknown = book[field];
    if (key === undefined) Reflect.set(book, field, value);
    else if (isCollection(target)) put(target, key, value);
  }
}

type Collection = Map<unknown, unknown> | Set<unknown>;
type Note = (field: Field, how: Read['how'], found: unknown, key?: unknown) => void;
type Enter = (field: Field, value: unknown, key: unknown) => void;

function watchCollection(field: Field, collection: Collection, note: Note, enter: Enter): object {
  const proxy: object = new Proxy(collection, {
    get(target, name) {
      switch (name) {
        case 'get':
        case 'has':
          return (key: unknown) => {
            const found = look(target, name, key);
            note(field, name, found, key);
            return found;
          };
        case 'set':
        case 'add':
          return (key: unknown, value?: unknown) => {
            enter(field, value, key);
            put(target, key, value);
            return proxy;
          };
        default: {
          const how = name === 'keys' || name === 'size' ? 'keys' : 'all';
          note(field, how, look(target, how));
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === 'function' ? member.bind(target) : member;
        }
      }
    },
  });
  return proxy;
}

function put(target: Collection, key: unknown, value: unknown): void {
  if (target instanceof Map) target.set(key, value);
  else target.add(key);
}

function look(value: unknown, how: Read['how'], key?: unknown): unknown {
  if (how === 'itself') return isCollection(value) ? 'a collection' : value;
  if (!isCollection(value)) return undefined;
  if (how === 'has') return value.has(key);
  if (how === 'get') return value instanceof Map ? value.get(key) : undefined;
  return how === 'keys' ? [...value.keys()] : [...value];
}

function isCollection(value: unknown): value is Collection {
  return value instanceof Map || value instanceof Set;
}

/** Lists are made anew by whoever answers; what stands in them is not. */
function same(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b);
  return a.length === b.length && a.every((item, index) => same(item, b[index]));
}
