/** A field of a line as it is written, under the name that its format has for it. */
export interface LineField {
  readonly name: string;
  readonly text: string;
  /** The fields of a usage event that it may say; none where it says nothing of one. */
  readonly says: readonly string[];
}

/** How a record line is taken apart and put together again, so that a person can correct one field of it. */
export interface FieldsOfLine {
  /** Undefined if the line cannot be told apart into fields. */
  readonly fieldsOf: (line: string) => readonly LineField[] | undefined;
  /** The line with other texts in the named fields; undefined if it cannot be told apart, or has no such field. */
  readonly withFields: (line: string, texts: Readonly<Record<string, string>>) => string | undefined;
}

/** Lines of cells: each column has a name, and may say a field of the usage event. */
export function fieldsOfCells(columns: {
  /** Of a line with so many cells; undefined if no record has so many. */
  readonly named: (cells: number) => readonly (readonly [name: string, says?: string])[] | undefined;
  readonly split: (line: string) => readonly string[] | undefined;
  readonly join: (cells: readonly string[]) => string;
}): FieldsOfLine {
  const fieldsOf = (line: string): readonly LineField[] | undefined => {
    const cells = columns.split(line);
    const names = cells && columns.named(cells.length);
    return names?.map(([name, says], index) => ({
      name,
      text: cells?.[index] ?? '',
      says: says === undefined ? [] : [says],
    }));
  };
  const withFields = (line: string, texts: Readonly<Record<string, string>>): string | undefined => {
    const fields = fieldsOf(line);
    if (!fields || !hasAll(fields, texts)) return undefined;
    return columns.join(fields.map(({ name, text }) => texts[name] ?? text));
  };
  return { fieldsOf, withFields };
}

/** Lines of JSON: members by their path (`value.amount`), texts without quotes. */
export const fieldsOfJson: FieldsOfLine = {
  fieldsOf: (line) => {
    const value = parseObject(line);
    return value && membersOf(value, '');
  },
  withFields: (line, texts) => {
    const value = parseObject(line);
    if (!value || !hasAll(membersOf(value, ''), texts)) return undefined;
    return JSON.stringify(changed(value, texts, ''));
  },
};

function hasAll(fields: readonly LineField[], texts: Readonly<Record<string, string>>): boolean {
  return Object.keys(texts).every((wanted) => fields.some(({ name }) => name === wanted));
}

function membersOf(value: object, path: string): readonly LineField[] {
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
    const name = path + key;
    if (isGroup(member)) return membersOf(member, `${name}.`);
    return [{ name, text: typeof member === 'string' ? member : JSON.stringify(member), says: saidBy(name) }];
  });
}

/** An event says its fields itself, a CloudEvent around and in its data. */
function saidBy(name: string): readonly string[] {
  const [first = ''] = name.replace(/^data\./, '').split('.');
  return envelope[name] ?? [first];
}

const envelope: Readonly<Record<string, readonly string[]>> = {
  time: ['startAt'],
  type: ['service'],
  subject: ['msisdn', 'imsi', 'subscription'],
};

function changed(value: object, texts: Readonly<Record<string, string>>, path: string): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => {
      const name = path + key;
      if (isGroup(member)) return [key, changed(member, texts, `${name}.`)];
      const text = texts[name];
      return [key, text === undefined ? member : typed(text, member)];
    }),
  );
}

/** What was a text stays one; anything else is read as JSON, if it is any. */
function typed(text: string, before: unknown): unknown {
  if (typeof before === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parseObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isGroup(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
