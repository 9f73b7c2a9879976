/** Which titles invoices can show, and whether each language has them all. Warnings: a title without a translation is shown as it is. */
import type { Contract, Plan, SourceLocation } from '../../engine/rule-set.ts';
import { serviceTitle, usageTitle } from '../../engine/titles.ts';
import type { Report } from '../diagnostic.ts';
import type { RuleDraft } from '../families/rule.ts';
import { lineOf, placeOf } from '../families/titles.ts';
import type { Span } from '../syntax/tree.ts';
import type { Book } from './book.ts';
import { nearest } from './nearest.ts';

interface Title {
  readonly title: string;
  readonly at: SourceLocation;
}

export interface Titled {
  readonly plans: readonly Plan[];
  readonly contracts: readonly Contract[];
  readonly rules: readonly RuleDraft[];
}

/** Reports titles that a language lacks, where the rules say them, and translations of nothing, where they stand. */
export function reportTitles(titled: Titled, book: Book, reportIn: (file: string) => Report): void {
  if (book.titles.size === 0) return;
  const known = new Map<string, SourceLocation>();
  for (const { title, at } of titlesOf(titled, book)) if (!known.has(title)) known.set(title, at);
  for (const { language, titles } of book.titles.values()) {
    const translated = new Set(titles.map(([title]) => title));
    for (const [title, at] of known) {
      if (translated.has(title) || !book.files.has(at.file)) continue;
      reportIn(at.file)(
        'untranslated-title',
        spanOf(title, at, book.files.get(at.file) ?? ''),
        `"${title}" has no translation into ${language}: invoices show it as it is`,
        `add a line to titles/${language}.csv: ${inCell(title)},…`,
      );
    }
    const file = `titles/${language}.csv`;
    for (const title of translated) {
      if (known.has(title)) continue;
      const guess = nearest(
        title,
        [...known.keys()].filter((one) => !translated.has(one)),
      );
      reportIn(file)(
        'unused-translation',
        placeOf(title, book.files.get(file) ?? ''),
        `no rule has the title "${title}"`,
        guess === undefined ? 'remove the line' : `did you mean "${guess}"?`,
      );
    }
  }
}

/** Every title that may stand on an invoice, with the sentence that gives it. */
function titlesOf({ plans, contracts, rules }: Titled, book: Book): readonly Title[] {
  const services = [...book.services.values()].filter(({ name }) => !['voice', 'data', 'sms'].includes(name));
  const [first] = plans;
  return [
    ...[...plans, ...contracts].flatMap(({ title, at, fees, allowances, minimums = [] }) => [
      { title, at },
      ...fees.map((fee) => ({ title: fee.name, at: fee.at })),
      ...allowances,
      ...minimums,
    ]),
    ...contracts.flatMap(({ commitments }) => commitments),
    ...rules.flatMap(titlesOfRule),
    ...(first
      ? services.map(({ name }) => ({ title: serviceTitle(name), at: declarationOf(name, book, first.at) }))
      : []),
  ];
}

function titlesOfRule(rule: RuleDraft): readonly Title[] {
  const { name, title, at, outcome } = rule;
  switch (outcome.kind) {
    case 'rate':
      return [{ title: title ?? usageTitle(name, serviceOf(name)), at }];
    case 'discount':
    case 'advantage':
    case 'offer':
      return [{ title: title ?? name, at }];
    case 'tax':
      return outcome.note === undefined ? [] : [{ title: outcome.note, at }];
    default:
      return stepFeesOf(rule).map((fee) => ({ title: fee, at }));
  }
}

/** The fees that the steps of a rule charge. */
export function stepFeesOf({ outcome }: RuleDraft): readonly string[] {
  if (outcome.kind !== 'dunning' && outcome.kind !== 'remind') return [];
  return outcome.steps.flatMap(({ actions = [] }) =>
    actions.flatMap((action) => (action.kind === 'fee' ? [action.title] : [])),
  );
}

/** `flex.voice.otherwise` is of voice. */
export function serviceOf(rule: string): string {
  return rule.split('.')[1] ?? '';
}

function declarationOf(service: string, { files }: Book, otherwise: SourceLocation): SourceLocation {
  for (const [file, text] of files) {
    const line = file.endsWith('.rules')
      ? text.split('\n').findIndex((one) => one.startsWith(`declare service ${service} `))
      : -1;
    if (line >= 0) return { file, line: line + 1 };
  }
  return otherwise;
}

/** The words themselves, in quotes in their sentence or as they stand in their line; the line where they are nowhere to be found. */
function spanOf(title: string, { line }: SourceLocation, text: string): Span {
  const own = lineOf(text, line - 1);
  const length = text.slice(own.end).search(/\n[^\s#]/);
  const sentence = text.slice(own.start, length < 0 ? undefined : own.end + length);
  const quoted = sentence.indexOf(`"${title}"`);
  if (quoted >= 0) return { start: own.start + quoted, end: own.start + quoted + title.length + 2 };
  const bare = text.slice(own.start, own.end).indexOf(title);
  return bare < 0 ? own : { start: own.start + bare, end: own.start + bare + title.length };
}

function inCell(title: string): string {
  return /[",]/.test(title) ? `"${title.replaceAll('"', '""')}"` : title;
}
