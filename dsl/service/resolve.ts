/** From words to what they name, once all names are known. */
import type { Analysis } from '../compile.ts';
import { positionsOf } from '../diagnostic.ts';
import type { RuleDraft } from '../families/rule.ts';
import { ruleKinds } from '../syntax/sentences.ts';
import type { Span } from '../syntax/tree.ts';
import { allMentions, mentionsIn, type PlacedMention } from './mentions.ts';
import type { NameKind } from './names.ts';

/** One thing that is named at a place. */
export interface Named {
  readonly kind: NameKind;
  readonly name: string;
  readonly file: string;
  readonly span: Span;
  readonly use: 'introduced' | 'used';
  /** The text at the place is the name itself; `customer is vip` speaks of a fact without writing its name. */
  readonly spelled: boolean;
  /** The place is part of an id that follows from names elsewhere. */
  readonly inId: boolean;
}

/** All that is named, in all files. */
export function allNamed(analysis: Analysis): readonly Named[] {
  const known = remembered.get(analysis);
  if (known) return known;
  const directory = directoryOf(analysis);
  const all = allMentions(analysis).flatMap((mention) => resolve(mention, directory));
  remembered.set(analysis, all);
  return all;
}

const remembered = new WeakMap<Analysis, readonly Named[]>();

export function namedIn(analysis: Analysis, file: string): readonly Named[] {
  const directory = directoryOf(analysis);
  return mentionsIn(analysis, file).flatMap((mention) => resolve(mention, directory));
}

/** What is named at a place: the shortest that covers it. */
export function namedAt(analysis: Analysis, file: string, offset: number): Named | undefined {
  return namedIn(analysis, file)
    .filter(({ span }) => span.start <= offset && offset <= span.end)
    .sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start))[0];
}

/** What is looked up for every mention, made once. */
interface Directory {
  readonly analysis: Analysis;
  /** Of all rules. */
  readonly ids: ReadonlySet<string>;
  readonly lineOf: (file: string, offset: number) => number;
  /** By file, from the last line to the first. */
  readonly rules: ReadonlyMap<string, readonly RuleDraft[]>;
}

function directoryOf(analysis: Analysis): Directory {
  const positions = new Map<string, ReturnType<typeof positionsOf>>();
  const rules = new Map<string, RuleDraft[]>();
  for (const rule of analysis.rules) rules.set(rule.at.file, [...(rules.get(rule.at.file) ?? []), rule]);
  for (const own of rules.values()) own.sort((a, b) => b.at.line - a.at.line);
  return {
    analysis,
    ids: new Set(analysis.rules.map(({ name }) => name)),
    lineOf: (file, offset) => {
      const position = positions.get(file) ?? positionsOf(analysis.book.files.get(file) ?? '');
      positions.set(file, position);
      return position(offset).line;
    },
    rules,
  };
}

/** A mention may name nothing that exists, or, as an id, several things. */
function resolve(mention: PlacedMention, directory: Directory): readonly Named[] {
  const { book } = directory.analysis;
  const { kind, name, file, span, use } = mention;
  const plain: Named = { kind, name, file, span, use, spelled: true, inId: false };
  switch (kind) {
    case 'fact': {
      const [owner = ''] = name.split('.');
      if (book.tables.has(owner)) return [{ ...plain, kind: 'table', name: owner, span: first(span, owner) }];
      if (use === 'introduced' || book.facts.has(name)) return [plain];
      const known = name.replace(/\.known$/, '');
      return book.facts.has(known) ? [{ ...plain, name: known, span: first(span, known) }] : [];
    }
    case 'value':
      return valueNamed(mention, directory.analysis, plain);
    case 'destination': {
      const table = [...book.tables.values()].find(({ key }) => key === 'event.called_number');
      return [{ ...plain, kind: 'value', name: `${table?.name ?? ''} ${name}`.trimStart() }];
    }
    case 'unread': {
      const [only, other] = kindsOf(name, directory.analysis);
      return only && !other ? [{ ...plain, kind: only }] : [];
    }
    case 'rule':
      return idNamed(name, plain, directory);
    case 'row':
      return [{ ...plain, name: rowId(mention, directory) ?? name }];
    default:
      return [plain];
  }
}

/** A value of a fact, a segment, or a fact said as a sentence. */
function valueNamed({ of, name }: PlacedMention, { book }: Analysis, plain: Named): readonly Named[] {
  if (of === undefined) return [plain];
  if (of === 'line.fiscal_category' && book.categories.has(name)) return [{ ...plain, kind: 'category', name }];
  if ((of === 'customer' || of === 'customer.segments') && book.segments.has(name))
    return [{ ...plain, kind: 'segment', name }];
  const said = [...book.facts.values()].find(({ sentence }) => sentence === `${of} is ${name}`);
  return [said ? { ...plain, kind: 'fact', name: said.name, spelled: false } : { ...plain, name: `${of} ${name}` }];
}

/** What kinds of things have this name. */
export function kindsOf(name: string, { book, sentences }: Analysis): readonly NameKind[] {
  const kinds: NameKind[] = [];
  if (book.plans.has(name)) kinds.push('plan');
  if (book.contracts.has(name)) kinds.push('contract');
  if (book.services.has(name)) kinds.push('service');
  if (book.tables.has(name)) kinds.push('table');
  if (book.calendars.has(name)) kinds.push('calendar');
  if (book.lists.has(name)) kinds.push('list');
  if (book.roles.has(name)) kinds.push('role');
  if (book.categories.has(name)) kinds.push('category');
  if (book.messages.has(name)) kinds.push('message');
  const rules = sentences.filter(({ sentence }) => sentence.name.text === name).map(({ sentence }) => sentence.kind);
  kinds.push(...ruleKinds.filter((kind) => rules.includes(kind)));
  return kinds;
}

/** `flex.voice.late` names a plan, a service and a row; `discount.volume_10` a discount. */
function idNamed(written: string, plain: Named, directory: Directory): readonly Named[] {
  const {
    ids,
    analysis: { book },
  } = directory;
  const family = ruleKinds.find(
    (kind) => ids.has(`${kind}.${written}`) || (written.startsWith(`${kind}.`) && ids.has(written)),
  );
  if (family) {
    const name = written.startsWith(`${family}.`) ? written.slice(family.length + 1) : written;
    return [{ ...plain, kind: family, name, span: { start: plain.span.end - name.length, end: plain.span.end } }];
  }
  const [, plan = '', version = '', service = '', row = ''] = /^(\w+)(@[\d-]+)?\.(\w+)\.(.+)$/.exec(written) ?? [];
  const owner = book.contracts.has(plan) ? 'contract' : 'plan';
  if (owner === 'plan' && !book.plans.has(plan)) return [];
  const at = (start: number, length: number) => ({
    start: plain.span.start + start,
    end: plain.span.start + start + length,
  });
  const dot = plan.length + version.length + 1;
  return [
    { ...plain, kind: owner, name: plan, span: at(0, plan.length), inId: true },
    { ...plain, kind: 'service', name: service, span: at(dot, service.length), inId: true },
    { ...plain, kind: 'row', name: written, span: at(dot + service.length + 1, row.length), inId: true },
  ];
}

/** The id of the row that `as` names: the last rule that begins at or above it. */
function rowId({ file, span, name }: PlacedMention, { lineOf, rules }: Directory): string | undefined {
  const line = lineOf(file, span.start);
  const above = rules.get(file)?.find(({ at }) => at.line <= line);
  return above && above.at.line >= line - longestRow && above.name.endsWith(`.${name}`) ? above.name : undefined;
}

/** In lines. */
const longestRow = 12;

function first({ start }: Span, name: string): Span {
  return { start, end: start + name.length };
}
