import { describe, expect, it } from 'vitest';
import { complete } from '../../../dsl/service/complete.ts';
import { hover } from '../../../dsl/service/hover.ts';
import { openWorkspace } from '../../../dsl/service/workspace.ts';
import { destinations, message, source } from '../sources.ts';

const table =
  'table destination from "tables/destinations.csv" by longest prefix of event.called_number, otherwise home\n';
const plan = 'plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries\n';

/** What is offered at the `▮`. */
function offered(text: string): readonly string[] {
  const files = source(text.replace('▮', ''), destinations, ...message('hello'));
  return complete(openWorkspace(files), 'example.rules', text.indexOf('▮')).map(({ label }) => label);
}

function explained(text: string): string | undefined {
  return hover(openWorkspace(source(text.replace('▮', ''), destinations)), 'example.rules', text.indexOf('▮'))
    ?.markdown;
}

describe('Completion', () => {
  it('offers sentences in column 0', () => {
    expect(offered('▮')).toEqual(expect.arrayContaining(['plan', 'discount', 'declare fact', 'test']));
  });

  it('offers the clauses that a sentence takes, and no others', () => {
    expect(offered('discount d\n  ▮')).toEqual(expect.arrayContaining(['take', 'when', 'unless', 'for plan']));
    expect(offered('discount d\n  ▮')).not.toContain('rate');
  });

  it('offers the facts a rule can see', () => {
    expect(offered('discount d\n  when ▮')).toContain('cycle.data');
    expect(offered('discount d\n  when cycle.▮')).toContain('cycle.data');
    expect(offered('discount d\n  when ▮')).not.toContain('event.duration');
    expect(offered(`${plan}  rate voice\n    when ▮`)).toContain('event.duration');
  });

  it('offers the values of the fact that stands before', () => {
    expect(offered('discount d\n  when customer.category is ▮')).toEqual(
      expect.arrayContaining(['consumer', 'business']),
    );
    expect(offered(`${table}${plan}  rate voice\n    when destination is ▮`)).toEqual(
      expect.arrayContaining(['eu', 'efta', 'home', 'premium']),
    );
    expect(offered(`${plan}discount d\n  for plan ▮`)).toEqual(['flex']);
  });

  it('offers the settings of a policy, and how one goes on that is half said', () => {
    expect(offered(`${plan}  policy ▮`)).toEqual(
      expect.arrayContaining(['cancellation day billed', 'tier bound in higher tier', 'late usage corrects its bill']),
    );
    expect(offered(`${plan}  policy late usage ▮`)).toEqual(['corrects its bill', 'billed in the next cycle']);
    expect(offered(`${plan}  policy tier bound in hi▮`)).toEqual(['lower tier', 'higher tier']);
    expect(offered(`${plan}  policy cancellation day free, first tier ▮`)).toEqual(['fee with usage', 'fee always']);
    expect(offered(`${plan}  policy refunds ▮`)).toEqual([]);
  });

  it('offers units after a number and services before charges', () => {
    expect(offered('discount d\n  when cycle.data > 50 ▮')).toEqual(expect.arrayContaining(['GB', 'GiB']));
    expect(offered('discount d\n  when cycle.data > 50 ▮')).not.toEqual(expect.arrayContaining(['min']));
    expect(offered(`${plan}  rate voice\n    otherwise charge 0.05 EUR per ▮`)).toContain('min');
    expect(offered(`${plan}  rate voice\n    otherwise charge 0.05 EUR per ▮`)).not.toContain('GB');
    expect(offered('discount d\n  when cycle.charges > 50 ▮')).toContain('EUR');
    expect(offered('discount d\n  take 10% off ▮')).toEqual(
      expect.arrayContaining(['all charges', 'fee', 'voice', 'data', 'sms']),
    );
  });

  it('offers in quotes what texts name: messages, fees, files', () => {
    const fee = `${plan}  fee "Line rental" 12.00 EUR monthly in advance\n`;
    expect(offered(`${fee}discount d\n  take 5% off fee "▮`)).toEqual(['Line rental']);
    expect(offered('table destination from "▮')).toEqual(['tables/destinations.csv']);
    expect(offered('notify n\n  on customer acquired\n  send "▮')).toEqual(['hello']);
  });

  it('offers in a cell of a decision table what its column asks for', () => {
    const table2 = `${table}${plan}  rate voice\n    | destination | charge |\n`;
    expect(offered(`${table2}    | ▮`)).toEqual(expect.arrayContaining(['eu', 'efta', 'home', 'premium']));
    expect(offered(`${table2}    | eu or ▮`)).toContain('efta');
    expect(offered(`${table2}    | eu | 0.05 EUR per ▮`)).toContain('min');
  });

  it('works below a line that is broken', () => {
    expect(offered('discount d\n  when cycle.data > > 5\n  unless ▮\n')).toContain('cycle.data');
  });

  it('offers nothing inside a text or a comment', () => {
    expect(offered('discount d "Half ▮')).toEqual([]);
    expect(offered('# discount ▮')).toEqual([]);
  });
});

describe('Hovering', () => {
  it('explains facts by their type and documentation', () => {
    expect(explained('discount d\n  when history.da▮ta.median > 5 GB')).toBe(
      '**history.data.median** (a data volume, may be missing)\n\nMedian use of data in the past cycles.\n\nKnown of each subscription.',
    );
  });

  it('says of a rule its id and what it compiles to', () => {
    expect(explained('discount d▮eep "Half"\n  when cycle.data > 5 GB\n  take 50% off data charges')).toBe(
      '**discount** "Half" `discount.deep` (all that fit)\n\nApplies when cycle.data > 5 GB.\n\ntake 50%; taken off data charges.',
    );
    expect(
      explained(
        `${plan}  rate voice\n    when event.duration > 1 h as lo▮ng charge 0.01 EUR per min\n    otherwise charge 0.05 EUR per min`,
      ),
    ).toContain('**flex.voice.long**');
  });

  it('explains words of the language, units and values', () => {
    expect(explained('disc▮ount d')).toContain('Takes money off');
    expect(explained('discount d\n  when cycle.data > 50 G▮B')).toContain('1,000,000,000 bytes');
    expect(explained('discount d\n  when customer.category is busi▮ness')).toContain('`customer.category`');
  });
});
