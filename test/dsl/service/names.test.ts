import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../dsl/compile.ts';
import { wordsWithoutRole } from '../../../dsl/service/mentions.ts';
import { definition, references } from '../../../dsl/service/navigate.ts';
import { applyEdits, canRename, rename } from '../../../dsl/service/rename.ts';
import { openWorkspace, type Workspace } from '../../../dsl/service/workspace.ts';
import { cutSentences } from '../../../dsl/syntax/lines.ts';
import { parse } from '../../../dsl/syntax/parse.ts';
import { fences, readText, shippedRules, withHolidays } from '../sources.ts';

const shipped = shippedRules();
const workspace = openWorkspace(shipped, withHolidays);

/** The place of the n-th occurrence of some words, in the shipped rules. */
function at(file: string, words: string, inside = ''): [string, number] {
  const start = workspace.textOf(file).indexOf(words);
  expect(start).toBeGreaterThanOrEqual(0);
  return [file, start + Math.max(0, words.indexOf(inside))];
}

function shown(places: ReturnType<typeof references>): readonly string[] {
  return places.map(({ file, span }) => {
    const text = workspace.textOf(file);
    const line = text.slice(0, span.start).split('\n').length;
    return `${file}:${line} ${text.slice(span.start, span.end)}`;
  });
}

/** The rules after a rename, or the reason why there is none. */
function renamed(from: Workspace, place: readonly [string, number], name: string) {
  const result = rename(from, ...place, name);
  if (result.kind === 'refused') return result.reason;
  const files = shipped.files.map(({ path }) => path);
  return new Map(
    files.map((path) => [
      path,
      applyEdits(
        from.textOf(path),
        result.edits.filter(({ file }) => file === path),
      ),
    ]),
  );
}

it('Of every word of every example it is known what it names', () => {
  const texts = [
    ...shipped.files.filter(({ path }) => path.endsWith('.rules')).map(({ text }) => text),
    ...['dsl/README.md', 'dsl/ERRORS.md', 'test/dsl/slips.md'].flatMap((path) =>
      fences(readText(path)).map(({ text }) => text),
    ),
  ];
  const sentences = texts.flatMap((text) => cutSentences(text).flatMap((part) => parse(part, () => {}).sentences));
  // What a new clause names is said in dsl/service/names.ts.
  expect([...new Set(sentences.flatMap(wordsWithoutRole))]).toEqual([]);
});

describe('Going to where a name comes from', () => {
  it.each([
    ['discounts.rules', 'for plan flex or', 'flex', 'consumer.rules:3 flex'],
    ['discounts.rules', 'after business_loyalty', 'business', 'discounts.rules:4 business_loyalty'],
    ['consumer.rules', 'when time is offpeak', 'offpeak', 'shared.rules:11 offpeak'],
    ['consumer.rules', 'when destination is premium', 'dest', 'shared.rules:6 destination'],
    ['taxes.rules', 'customer.tax_country is in eu', 'eu', 'shared.rules:15 eu'],
    ['engagement.rules', 'to sales manager', 'manager', 'shared.rules:18 sales manager'],
    ['engagement.rules', 'unless prediction.p90 is', 'p90', 'engagement.rules:4 prediction.p90'],
    ['engagement.rules', 'send "order-delayed" to', 'delayed', 'messages/order-delayed/message.json:1 '],
    ['discounts.rules', 'off fee "Line rental"', 'rental', 'consumer.rules:6 Line rental'],
    ['shared.rules', 'from "tables/destinations.csv"', 'csv', 'tables/destinations.csv:1 '],
    ['discounts.rules', 'expect discount volume_10', 'volume', 'discounts.rules:9 volume_10'],
  ])('in %s, of %s', (file, words, inside, target) => {
    expect(shown(definition(workspace, ...at(file, words, inside)))).toContain(target);
  });

  it('leads from an id in a test to the plan, the service and the row, by the part that is pointed at', () => {
    const id = 'business.voice.destination-is-premium';
    expect(shown(definition(workspace, ...at('business.rules', id, 'business')))).toEqual([
      'business.rules:3 business',
    ]);
    expect(shown(definition(workspace, ...at('business.rules', id, 'premium')))[0]).toContain(
      'when destination is premium',
    );
    expect(shown(definition(workspace, ...at('business.rules', 'business.voice.received', 'received')))).toEqual([
      'business.rules:18 received',
    ]);
  });
});

describe('Finding all uses', () => {
  it('finds a calendar where it is described and where time is compared with it', () => {
    expect(shown(references(workspace, ...at('shared.rules', 'calendar offpeak', 'off')))).toEqual(
      expect.arrayContaining(['shared.rules:11 offpeak', expect.stringMatching(/^business.rules:\d+ offpeak$/)]),
    );
  });

  it('finds facts in the evidence of an anomaly, and in lines that cannot be read', () => {
    const text =
      'declare fact customer.tier one of a or b "t"\nanomaly x\n  when customer.tier is a\n  flag account\n  because "{customer.tier}!"\ndiscount d\n  when customer.tier iss a\n  take 1% off all charges\n';
    const own = openWorkspace({ files: [{ path: 'a.rules', text }] });
    const found = references(own, 'a.rules', text.indexOf('tier is'));
    expect(found.map(({ span }) => text.slice(span.start - 8, span.end))).toHaveLength(4);
    expect(found.every(({ span }) => text.slice(span.start, span.end) === 'customer.tier')).toBe(true);
  });
});

describe('Renaming', () => {
  it.each([
    ['a plan', 'consumer.rules', 'plan flex', 'flex', 'mobile_flex'],
    ['a discount', 'discounts.rules', 'discount volume_10', 'volume', 'heavy_use'],
    ['a calendar', 'shared.rules', 'calendar offpeak', 'offpeak', 'evening'],
    ['a table', 'shared.rules', 'table destination', 'destination', 'goes_to'],
    ['a list', 'taxes.rules', 'in eu', 'eu', 'union'],
    ['a role', 'engagement.rules', 'to sales manager', 'sales', 'account manager'],
    ['a fact', 'engagement.rules', 'unless prediction.p90', 'p90', 'prediction.late_after'],
    ['a fee', 'consumer.rules', 'fee "Line rental"', 'rental', 'Basic fee'],
    ['the row of a rate', 'business.rules', 'as received "Calls', 'received', 'inbound'],
    ['a tax', 'taxes.rules', 'tax standard', 'standard', 'normal'],
    ['a segment', 'segments.rules', 'expect segment early_adopter', 'early', 'pioneer'],
  ])('%s leaves rules that say the same, and tests that name it', (_, file, words, inside, name) => {
    const after = renamed(workspace, at(file, words, inside), name);
    if (typeof after === 'string') throw new Error(after);
    const files = shipped.files.map(({ path }) => ({ path, text: after.get(path) ?? '' }));
    const compiled = compileRules({ files }, withHolidays);
    expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(compiled.tests).toHaveLength(workspace.analysis().tests.length);
    // Back again, and nothing has changed.
    const other = openWorkspace({ files }, withHolidays);
    const back = renamed(
      other,
      [file, (after.get(file) ?? '').search(new RegExp(`\\b${name}\\b`))],
      oldNameOf(words, inside),
    );
    if (typeof back === 'string') throw new Error(back);
    expect(back.get(file)).toBe(workspace.textOf(file));
  });

  it('follows ids that come from a condition', () => {
    const after = renamed(workspace, at('shared.rules', 'calendar offpeak', 'offpeak'), 'evening');
    if (typeof after === 'string') throw new Error(after);
    expect(after.get('business.rules')).toContain('expect price 0.20 EUR by business.voice.time-is-evening');
  });

  it.each([
    ['a name that is taken', 'consumer.rules', 'plan flex', 'flex', 'business', 'The name `business` is taken.'],
    ['a word of the language', 'consumer.rules', 'plan flex', 'flex', 'when', /is no name/],
    ['what is built in', 'discounts.rules', 'when cycle.data', 'data', 'cycle.volume', /built in/],
    ['a message', 'engagement.rules', 'send "order-delayed" to', 'order', 'late', /is a folder/],
    [
      'a row named by its condition',
      'business.rules',
      'business.voice.time-is-offpeak',
      'time',
      'late',
      /give it one with `as`/,
    ],
    ['a value', 'consumer.rules', 'when destination is premium', 'premium', 'dear', /is a value/],
  ])('is refused for %s', (_, file, words, inside, name, reason) => {
    expect(renamed(workspace, at(file, words, inside), name)).toEqual(
      typeof reason === 'string' ? reason : expect.stringMatching(reason),
    );
  });

  it('says beforehand what would be renamed', () => {
    const [file, offset] = at('discounts.rules', 'after business_loyalty', 'loyalty');
    expect(canRename(workspace, file, offset)).toMatchObject({ kind: 'renamable', name: 'business_loyalty' });
    expect(canRename(workspace, ...at('discounts.rules', 'take 5%', 'take'))).toMatchObject({ kind: 'refused' });
  });
});

/** What was renamed, as it was written. */
function oldNameOf(words: string, inside: string): string {
  return /"/.test(words) && !words.startsWith('as ')
    ? 'Line rental'
    : words.includes('sales')
      ? 'sales manager'
      : (new RegExp(`[\\w.]*${inside}[\\w.]*`).exec(words)?.[0] ?? '');
}
