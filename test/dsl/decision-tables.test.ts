import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { destinations, roamingZones, source } from './sources.ts';

const plan = 'plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries\n';
const zones = 'table roaming_zone from "tables/roaming-zones.csv" by exact event.visited_network, otherwise home\n';

/** The rules of a rulebook without where they stand. */
function decisions(rules: string) {
  const { ruleSet, diagnostics } = compileRules(source(rules, destinations, roamingZones));
  expect(diagnostics.map(({ code, line }) => `${code} in line ${line}`)).toEqual([]);
  return {
    derived: ruleSet?.derived,
    rules: ruleSet?.decisions.map((set) => ({
      ...set,
      rules: set.rules.map(({ event, ...rule }) => {
        const { at: _, ...params } = event.params;
        return { ...rule, type: event.type, params };
      }),
    })),
  };
}

function faults(rules: string) {
  return compileRules(source(rules, destinations, roamingZones)).diagnostics.map(({ code, span }) => [
    code,
    rules.slice(span.start, span.end),
  ]);
}

describe('A decision table', () => {
  it('compiles to what the sentences of its rows compile to', () => {
    const table = `${zones}${plan}  rate voice, first that fits
    | id    | title    | roaming_zone     | event.duration         | event.called_number | charge                                         |
    | a     | "Abroad" | zone_1 or zone_2 | >= 10 min and < 20 min | any                 | 0.06 EUR per min by 1 s, plus 0.15 EUR per call |
    | b     | "Short"  | not home         | < 1 min or >= 60 min   | starts with "+49"   | 1.00 EUR per started 10 min                    |
    | c     | "Rest"   | any              | any                    | any                 | 0.05 EUR per min                               |
`;
    const sentences = `${zones}${plan}  rate voice, first that fits
    when roaming_zone is zone_1 or zone_2 and event.duration >= 10 min and event.duration < 20 min
      charge 0.06 EUR per min by 1 s, plus 0.15 EUR per call
      as a "Abroad"
    when roaming_zone is not home and (event.duration < 1 min or event.duration >= 60 min) and event.called_number starts with "+49"
      charge 1.00 EUR per started 10 min
      as b "Short"
    otherwise charge 0.05 EUR per min
      as c "Rest"
`;
    expect(decisions(table)).toEqual(decisions(sentences));
  });

  it('has prices of every kind in its cells: bounds, shares, and tiers on one line', () => {
    const head = `${zones}declare service purchases in value "Bought."\n${plan}`;
    const table = `${head}  rate voice
    | roaming_zone | charge                                                                                             |
    | zone_1       | 0.25 EUR per call                                                                                  |
    | zone_2       | 0.05 EUR per min by 1 s, plus 0.15 EUR per call if charged, at least 0.10 EUR per call              |
    | any          | graduated per cycle by 1 min, first 10 calls 0.00 EUR per call, beyond 0.20 EUR per min             |
  rate data
    | roaming_zone | charge                                                                                             |
    | zone_1       | volume per cycle, per account, first 5 GB 5.00 EUR per cycle, beyond 0.50 EUR per GB, plus 3.00 EUR per cycle |
    | any          | 1.20 EUR per GB, at most 2.00 EUR per session, rounded half up to 2 decimals per session            |
  rate purchases
    | event.value  | charge                                                                                             |
    | < 5.00 EUR   | 0.10 EUR per event                                                                                 |
    | any          | 2.5% of event.value, at most 2.00 EUR per event                                                    |
`;
    const sentences = `${head}  rate voice
    when roaming_zone is zone_1 charge 0.25 EUR per call
    when roaming_zone is zone_2
      charge 0.05 EUR per min by 1 s, plus 0.15 EUR per call if charged, at least 0.10 EUR per call
    otherwise graduated per cycle by 1 min
      first 10 calls 0.00 EUR per call
      beyond         0.20 EUR per min
  rate data
    when roaming_zone is zone_1 volume per cycle, per account
      first 5 GB  5.00 EUR per cycle
      beyond      0.50 EUR per GB, plus 3.00 EUR per cycle
    otherwise charge 1.20 EUR per GB, at most 2.00 EUR per session, rounded half up to 2 decimals per session
  rate purchases
    when event.value < 5.00 EUR charge 0.10 EUR per event
    otherwise charge 2.5% of event.value, at most 2.00 EUR per event
`;
    expect(decisions(table)).toEqual(decisions(sentences));
  });

  it('names its rows by their conditions where no column does', () => {
    const table = `${zones}${plan}  rate sms
    | roaming_zone | event.direction | charge               |
    | zone_1       | outgoing        | 0.06 EUR per message |
    | any          | incoming        | 0.00 EUR per message |
    otherwise charge 0.09 EUR per message
`;
    const sentences = `${zones}${plan}  rate sms
    when roaming_zone is zone_1 and event.direction is outgoing charge 0.06 EUR per message
    when event.direction is incoming charge 0.00 EUR per message
    otherwise charge 0.09 EUR per message
`;
    expect(decisions(table)).toEqual(decisions(sentences));
  });

  it('is several discounts, with what the sentence says of all', () => {
    const rates = `${plan}  rate data charge 1.00 EUR per GB\n`;
    const table = `${rates}discount volume "Volume"
  from 2026-01-01
  for plan flex
  | id    | cycle.data           | take                                             |
  | small | > 5 GB and <= 10 GB  | 10% off data charges                             |
  | large | > 10 GB              | 20% off data charges, at most 5.00 EUR per cycle |
`;
    const sentences = `${rates}discount volume_small "Volume"
  from 2026-01-01
  for plan flex
  when cycle.data > 5 GB and cycle.data <= 10 GB
  take 10% off data charges
discount volume_large "Volume"
  from 2026-01-01
  for plan flex
  when cycle.data > 10 GB
  take 20% off data charges, at most 5.00 EUR per cycle
`;
    expect(decisions(table)).toEqual(decisions(sentences));
  });

  it('is several taxes, anomalies or offers', () => {
    const table = `declare category work_equipment "Rented for work."
tax by_category
  | id   | line.fiscal_category | tax                           |
  | work | work_equipment       | 7% category S, note "Reduced" |
  | rest | any                  | 19% category S                |
anomaly high
  | id   | cycle.charges | hold                   | because                  |
  | dear | > 500.00 EUR  | invoice, severity high | "Charged {cycle.charges}." |
offer start
  on order placed
  | id      | order.category | give                                        |
  | console | console        | voucher 10% off this order, valid 30 days   |
`;
    const sentences = `declare category work_equipment "Rented for work."
tax by_category_work
  when line.fiscal_category is work_equipment
  7% category S, note "Reduced"
tax by_category_rest otherwise 19% category S
anomaly high_dear
  when cycle.charges > 500.00 EUR
  hold invoice, severity high
  because "Charged {cycle.charges}."
offer start_console
  on order placed
  when order.category is console
  give voucher 10% off this order, valid 30 days
`;
    expect(decisions(table)).toEqual(decisions(sentences));
  });
});

describe('A wrong cell', () => {
  it('is one diagnostic at the cell, and costs only its row', () => {
    const rows = [
      ['| outgoin  | any     | 0.06 EUR per message |', 'unknown-value', 'outgoin'],
      ['| incoming | > 5 GB  | 0.06 EUR per message |', 'wrong-unit', '5 GB'],
      ['| incoming | any     | 0.06 EUR per mesage  |', 'wrong-unit', 'mesage'],
      ['| incoming | any     | 0.06 USD per message |', 'mixed-currency', 'USD'],
      ['| incoming | any     | 0.06 EUR |', 'unfinished', 'EUR'],
      ['| incoming 5 | any   | 0.06 EUR per message |', 'unexpected-word', '5'],
      ['|          | any     | 0.06 EUR per message |', 'unfinished', '|'],
      ['| incoming | 0.06 EUR per message |', 'uneven-row', 'incoming | 0.06 EUR per message'],
      ['| incoming | any | 0.06 EUR per message', 'unfinished', 'message'],
    ] as const;
    const header = '    | event.direction | event.duration | charge |\n';
    for (const [row, code, at] of rows) {
      expect(faults(`${plan}  rate sms\n${header}    ${row}\n    | any | any | 0.09 EUR per message |\n`)).toEqual([
        [code, at],
      ]);
    }
    const all = rows.map(([row]) => `    ${row}\n`).join('');
    expect(faults(`${plan}  rate sms\n${header}${all}    | any | any | 0.09 EUR per message |\n`)).toEqual(
      rows.map(([, code, at]) => [code, at]),
    );
  });

  it('in the first line is said once, however many rows there are', () => {
    const rows = '    | > 5 min | 1.00 EUR per min |\n    | any | 2.00 EUR per min |\n';
    expect(faults(`${plan}  rate voice\n    | event.durtion | charge |\n${rows}`)).toEqual([
      ['unknown-fact', 'event.durtion'],
    ]);
  });

  it('needs names for rules, and a place where a table can stand', () => {
    const nameless = 'discount d\n  | cycle.data | take |\n  | > 5 GB | 5% off all charges |\n';
    expect(faults(nameless)).toEqual([['missing-clause', '> 5 GB | 5% off all charges']]);
    expect(faults('test "t"\n  given no history\n  | a | b |\n  expect no voucher\n')).toEqual([
      ['misplaced-clause', '|'],
    ]);
  });
});
