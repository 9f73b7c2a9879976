import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { diffRuleSets } from '../../dsl/diff/diff.ts';
import { differencesAsMarkdown, renderDifferences } from '../../dsl/diff/render.ts';
import type { SourceFile } from '../../dsl/source.ts';

const base = `declare list near is AT or CH
calendar offpeak in customer time
  weekdays 20:00 to 08:00, weekends

plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 12.00 EUR monthly in advance, prorated by day
  allowance 300 min of voice
  rate voice, first that fits
    when event.duration > 60 min  charge 0.01 EUR per min
      as long
    when time is offpeak          charge 0.02 EUR per min by 1 s
    otherwise                     charge 0.05 EUR per min by 30 s then 1 s
  rate data
    otherwise graduated per cycle
      first 40 GB  1.20 EUR per GB
      beyond       0.50 EUR per GB

plan talk "Talk" like flex
  from 2026-01-01
  fee "Line rental" 19.00 EUR monthly in advance, prorated by day

discount volume_10 "10% above 50 GB"
  for plan flex
  when cycle.data > 50 GB
  take 10% off data charges, at most 20.00 EUR per cycle

discount neighbours
  when customer.country is AT or CH
  take 1.00 EUR off voice charges

tax standard otherwise 19% category S
`;

describe('There is no difference in meaning when', () => {
  it.each([
    ['nothing changes', (text: string) => text],
    ['a comment is added and blanks change', (text: string) => `# Prices\n${text.replaceAll('  when', '    when')}`],
    ['independent rules change places', swapDiscounts],
    ['a quantity is written in another unit', (text: string) => text.replace('> 50 GB', '> 50000 MB')],
    ['values are listed in another order', (text: string) => text.replace('AT or CH\n  take', 'CH or AT\n  take')],
    [
      'a list of values is written as alternatives',
      (text: string) =>
        text.replace('customer.country is AT or CH', 'customer.country is AT or customer.country is CH'),
    ],
    [
      'a condition is turned round',
      (text: string) => text.replace('when cycle.data > 50 GB', 'unless cycle.data <= 50 GB'),
    ],
    [
      'fees and rates of a plan change places',
      (text: string) => text.replace(/( {2}fee "Line rental" 12.*\n)( {2}allowance.*\n)/, '$2$1'),
    ],
  ])('%s', (_, edit) => {
    expect(edit(base) === base && _ !== 'nothing changes').toBe(false);
    expect(details(edit(base))).toEqual([]);
  });

  it('a file has another name, or the rules are split over several', () => {
    const [plans, rest] = base.split(/(?=discount volume_10)/);
    const before = ruleSet([{ path: 'all.rules', text: base }]);
    const after = ruleSet([
      { path: 'b.rules', text: plans ?? '' },
      { path: 'a.rules', text: rest ?? '' },
    ]);
    expect(diffRuleSets(before, after)).toEqual([]);
  });
});

describe('A difference is said in a sentence when', () => {
  it.each([
    [
      'a price changes, once for all plans that have it',
      'charge 0.05 EUR',
      'charge 0.06 EUR',
      ['changed flex.voice.otherwise, talk.voice.otherwise: price was 0.05 EUR per min, is now 0.06 EUR per min'],
    ],
    [
      'a fee changes',
      '12.00 EUR',
      '12.50 EUR',
      ['changed flex.fee.line-rental: amount was 12.00 EUR, is now 12.50 EUR'],
    ],
    [
      'a fee comes at other times, and is cheaper at first',
      '12.00 EUR monthly in advance, prorated by day',
      '12.00 EUR every 2 weeks in advance, prorated by day, 6.00 EUR for the first 3 cycles',
      [
        'changed flex.fee.line-rental: interval was monthly, is now every 2 weeks; at first is new: 6.00 EUR for 3 cycles',
      ],
    ],
    [
      'the plan says what holds where systems differ',
      'from 2026-01-01\n  fee "Line rental" 12.00',
      'from 2026-01-01\n  policy cancellation day billed, tier bound in higher tier\n  fee "Line rental" 12.00',
      [
        'changed plan flex: policy on the day of a cancellation is new: billed; policy at the bound of a tier is new: higher tier',
        'changed plan talk: policy on the day of a cancellation is new: billed; policy at the bound of a tier is new: higher tier',
      ],
    ],
    [
      'the plan says what becomes of late usage',
      'from 2026-01-01\n  fee "Line rental" 12.00',
      'from 2026-01-01\n  policy late usage billed in the next cycle within 2 cycles\n  fee "Line rental" 12.00',
      [
        'changed plan flex: policy on late usage billed by is new: next cycle; policy on late usage within is new: 2 cycles',
        'changed plan talk: policy on late usage billed by is new: next cycle; policy on late usage within is new: 2 cycles',
      ],
    ],
    [
      'a tax is rounded line by line',
      '19% category S',
      '19% category S, round half even per line',
      ['changed tax.standard: rounding is new: half even, for each line'],
    ],
    [
      'an increment changes',
      'by 30 s then 1 s',
      'by 60 s then 1 s',
      ['changed flex.voice.otherwise, talk.voice.otherwise: increments first was 30 s, is now 1 min'],
    ],
    [
      'a tier ends elsewhere',
      'first 40 GB',
      'first 50 GB',
      ['changed flex.data.otherwise, talk.data.otherwise: price tiers 1 up to was 40 GB, is now 50 GB'],
    ],
    [
      'tiers are those of the whole month',
      'graduated per cycle',
      'volume per cycle, per account',
      [
        'changed flex.data.otherwise, talk.data.otherwise: price kind was graduated, is now volume; price counts all lines of the account is new: yes',
      ],
    ],
    [
      'a tier has a fee',
      '0.50 EUR per GB',
      '0.50 EUR per GB, plus 2.00 EUR per cycle',
      ['changed flex.data.otherwise, talk.data.otherwise: price tiers 2 fee per cycle is new: 2.00 EUR'],
    ],
    [
      'tiers count sessions and cost so much for each',
      'first 40 GB  1.20 EUR per GB',
      'first 40 sessions 1.20 EUR per session',
      [
        'changed flex.data.otherwise, talk.data.otherwise: price counts was usage, is now events; price tiers 1 up to was 40 GB, is now 40 events; price tiers 1 price was 1.20 EUR per GB, is now 1.20 EUR per event',
      ],
    ],
    [
      'an event has bounds and is rounded',
      'by 30 s then 1 s',
      'by 30 s then 1 s, plus 0.10 EUR per call if charged, at least 0.15 EUR per call, at most 3.00 EUR per call, rounded half up to 2 decimals per call',
      [
        'changed flex.voice.otherwise, talk.voice.otherwise: set-up fee is new: 0.10 EUR; set-up fee only if charged is new: yes; at least per event is new: 0.15 EUR; at most per event is new: 3.00 EUR; rounded per event is new: half up to 2 decimals',
      ],
    ],
    [
      'a threshold changes',
      '> 50 GB',
      '> 60 GB',
      ['changed discount.volume_10: asked for `cycle.data > 50 GB`, now asks for `cycle.data > 60 GB`'],
    ],
    [
      'a comparison lets the bound itself in',
      '> 50 GB',
      '>= 50 GB',
      ['changed discount.volume_10: asked for `cycle.data > 50 GB`, now asks for `cycle.data >= 50 GB`'],
    ],
    [
      'a value is added',
      'is AT or CH\n  take',
      'is AT or CH or LI\n  take',
      [
        'changed discount.neighbours: asked for `customer.country is AT or CH`, now asks for `customer.country is AT or CH or LI`',
      ],
    ],
    [
      'a date changes',
      'from 2026-01-01\n  fee "Line rental" 12',
      'from 2026-02-01\n  fee "Line rental" 12',
      ['changed plan flex: from was 2026-01-01, is now 2026-02-01'],
    ],
    ['a percentage changes', '19%', '20%', ['changed tax.standard: percent was 19%, is now 20%']],
    [
      'a cap is dropped',
      ', at most 20.00 EUR per cycle',
      '',
      ['changed discount.volume_10: at most is gone; it was 20.00 EUR'],
    ],
    [
      'included usage changes',
      '300 min',
      '200 min',
      [
        'changed flex.allowance.voice (included usage), talk.allowance.voice (included usage): quantity was 5 h, is now 200 min',
      ],
    ],
    [
      'hours of a calendar change',
      '20:00 to',
      '19:00 to',
      ['changed calendar offpeak: bands 1 from was 20:00, is now 19:00'],
    ],
    [
      'the condition of a row changes and with it the name of the row',
      'when time is offpeak ',
      'when event.direction is incoming ',
      [
        'changed flex.voice.event-direction-is-incoming, talk.voice.event-direction-is-incoming: was called `time-is-offpeak` before; now also asks for `event.direction is incoming`; no longer asks for `time is offpeak`',
      ],
    ],
    [
      'a rule gets a second condition',
      'when cycle.data > 50 GB',
      'when cycle.data > 50 GB and customer.country is DE',
      ['changed discount.volume_10: now also asks for `customer.country is DE`'],
    ],
  ])('%s', (_, from, to, expected) => {
    const changed = base.replace(from, to);
    expect(changed).not.toBe(base);
    const found = details(changed);
    expect(found).toHaveLength(expected.length);
    for (const [index, words] of expected.entries()) expect(found[index]).toContain(words);
  });

  it('rows change places that can fit the same call', () => {
    const [long, late] = [
      / {4}when event.duration.*\n.*as long\n/.exec(base)?.[0] ?? '',
      / {4}when time is offpeak.*\n/.exec(base)?.[0] ?? '',
    ];
    expect(details(base.replace(long + late, late + long))).toEqual([
      'moved flex.voice.time-is-offpeak, talk.voice.time-is-offpeak: now comes before `long`, and what fits both is decided by it',
    ]);
  });

  it('a rule is renamed', () => {
    expect(details(base.replace('discount neighbours', 'discount close_by'))).toEqual([
      'renamed discount.close_by: was called `neighbours` before',
    ]);
  });

  it('a rule is new, and in the other direction gone', () => {
    const text = `${base}\ndiscount students "Students"\n  when customer.country is DE\n  take 2.00 EUR off data charges\n  beside volume_10\n`;
    expect(details(text)[0]).toMatch(/^added discount\.students: when `customer\.country is DE`; title: "Students"/);
    const removed = diffRuleSets(ruleSetOf(text), ruleSetOf(base));
    expect(removed.map(({ kind, ids }) => [kind, ids])).toEqual([['removed', ['discount.students']]]);
  });
});

it('Differences read well in a terminal and in a pull request', async () => {
  const changed = base
    .replace('charge 0.05 EUR', 'charge 0.06 EUR')
    .replace('> 50 GB', '>= 60 GB')
    .replace('12.00 EUR', '12.50 EUR')
    .replace(/discount neighbours[\s\S]*?\n\n/, '');
  const differences = diffRuleSets(ruleSetOf(base), ruleSetOf(changed));
  await expect(`${renderDifferences(differences)}\n---\n\n${differencesAsMarkdown(differences)}`).toMatchFileSnapshot(
    '../golden/differences.txt',
  );
});

it('Every difference has an end: the reverse change is a difference too', () => {
  const changed = base.replace('charge 0.05 EUR', 'charge 0.06 EUR');
  expect(diffRuleSets(ruleSetOf(changed), ruleSetOf(base))).toHaveLength(1);
});

function details(text: string): readonly string[] {
  return diffRuleSets(ruleSetOf(base), ruleSetOf(text)).map(
    (found) => `${found.kind} ${found.ids.join(', ')}: ${found.details.join('; ')}`,
  );
}

function swapDiscounts(text: string): string {
  const discounts = text.match(/discount [\s\S]*?\n\n/g) ?? [];
  return text.replace(discounts.join(''), [...discounts].reverse().join(''));
}

function ruleSetOf(text: string) {
  return ruleSet([{ path: 'prices.rules', text }]);
}

function ruleSet(files: readonly SourceFile[]) {
  const { ruleSet: compiled, diagnostics } = compileRules({ files });
  if (!compiled) throw new Error(JSON.stringify(diagnostics, null, 1));
  return compiled;
}
