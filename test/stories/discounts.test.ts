/** Discounts, worked out by hand: how long they last, which of several applies, and what is taken off the account as a whole. */
import { describe, expect, test } from 'vitest';
import { accountCycle, GB, session, subscription } from '../engine/fixture.ts';
import { bill } from './story.ts';

const taxes = 'tax standard otherwise 19% category S\n';

/** A plan whose data costs 1.00 EUR a gigabyte. */
const plan = `plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate data charge 1.00 EUR per GB
`;

const withFee = (due: string) => `${plan}  fee "Line rental" 12.00 EUR monthly in ${due}, prorated by day\n`;

/** Discount and what it takes, of one subscription with so many gigabytes. */
function taken(rules: string, parts: Parameters<typeof accountCycle>[0]) {
  return bill(rules + taxes, accountCycle(parts))
    .bill.lines.filter((line) => line.kind === 'discount')
    .map((line) => [line.because.rule.replace('discount.', ''), line.amount]);
}

const gigabytes = (quantity: number) => ({ usage: [session('2026-05-04T10:00+02:00', quantity * GB)] });

describe('A promotion', () => {
  const since20January = { subscriptions: [subscription({ acceptedOn: '2026-01-20', activatedOn: '2026-01-20' })] };
  const cycles = ['2026-01-20', '2026-02-01', '2026-03-01', '2026-04-01', '2026-05-01'];
  const half = (lasts: string) => `discount half\n  take 50% off fee "Line rental" for ${lasts} from acceptance\n`;
  const over = (rules: string) =>
    cycles.map((on) =>
      taken(rules, { on, ...since20January })
        .map(([, amount]) => amount)
        .join(),
    );

  test('for 3 cycles counts the part cycle of acceptance; for 3 months it ends by date and gives 3.80 EUR more', () => {
    // January: 12.00 × 12/31 = 4.645 → 4.65, half of it 2.325 → 2.32. April: 12.00 × 19/30 = 7.60, half of it 3.80.
    expect(over(withFee('arrears') + half('3 cycles'))).toEqual(['-2.32', '-6.00', '-6.00', '', '']);
    expect(over(withFee('arrears') + half('3 months'))).toEqual(['-2.32', '-6.00', '-6.00', '-3.80', '']);
  });

  test('by months follows the days that a fee in advance pays for, not those of the bill', () => {
    // The bill of January charges 20 to 31 January and February: half of 4.65 + 12.00 is 8.325 → 8.32.
    expect(over(withFee('advance') + half('3 months'))).toEqual(['-8.32', '-6.00', '-3.80', '', '']);
  });

  test('in an amount of money is prorated by the same days', () => {
    const rules = `${withFee('arrears')}discount six\n  take 6.00 EUR off fee "Line rental" for 3 months from acceptance\n`;
    expect(over(rules)).toEqual(['-4.65', '-6.00', '-6.00', '-3.80', '']);
  });

  test('by months says for which days it is', () => {
    const { lines } = bill(
      withFee('arrears') + half('3 months') + taxes,
      accountCycle({ on: '2026-04-01', ...since20January }),
    ).bill;
    expect(lines.at(-1)?.because.how).toBe('50 % off the days it covers, 7.60 EUR of 12.00 EUR');
  });

  test('from the last of January for a month lasts through the last of February', () => {
    const lastOfJanuary = { subscriptions: [subscription({ acceptedOn: '2026-01-31', activatedOn: '2025-01-01' })] };
    const rules = withFee('arrears').replace('2026-01-01', '2025-01-01') + half('1 month');
    // One day of January, 12.00 / 31 / 2 = 0.1935…; all of February.
    expect(['2026-01-01', '2026-02-01', '2026-03-01'].map((on) => taken(rules, { on, ...lastOfJanuary }))).toEqual([
      [['half', '-0.19']],
      [['half', '-6.00']],
      [],
    ]);
  });
});

describe('A graduated discount', () => {
  const rules = `${plan}discount bonus
  take graduated off data charges
    first 50.00 EUR   0%
    next 100.00 EUR   5%
    beyond            10%
`;

  test('takes each part of the charges by its own percentage', () => {
    // 200.00 EUR: 0 % of 50.00, 5 % of 100.00, 10 % of 50.00.
    expect(taken(rules, gigabytes(200))).toEqual([['bonus', '-10.00']]);
    expect(taken(rules, gigabytes(60))).toEqual([['bonus', '-0.50']]);
    expect(taken(rules, gigabytes(50))).toEqual([]);
  });

  test('says its parts', () => {
    const { lines } = bill(rules + taxes, accountCycle(gigabytes(200))).bill;
    expect(lines.at(-1)?.because.how).toBe(
      '0 % of the first 50.00 EUR, 5 % of the next 100.00 EUR, 10 % beyond off 200.00 EUR',
    );
  });
});

describe('Of several discounts', () => {
  test('the best of a group is the one that takes most, and of equals the first in the text', () => {
    const rules = `${plan}discount fifth\n  take 20% off data charges\n  best of season
discount five\n  take 5.00 EUR off data charges\n  best of season\n`;
    expect(taken(rules, gigabytes(20))).toEqual([['five', '-5.00']]);
    expect(taken(rules, gigabytes(30))).toEqual([['fifth', '-6.00']]);
    expect(taken(rules, gigabytes(25))).toEqual([['fifth', '-5.00']]);
  });

  test('the best of a group is worked out on what those before it leave, and others come after whichever it is', () => {
    const rules = `${plan}discount after_all\n  take 10% off data charges\n  after fifth and five
discount fifth\n  take 20% off data charges\n  after loyal\n  best of season
discount five\n  take 5.00 EUR off data charges\n  after loyal\n  best of season
discount loyal\n  take 50% off data charges\n`;
    // 40.00: loyal 20.00; of the other 20.00 a fifth is 4.00 and five is more; then a tenth of what is left of five's 35.00 …
    // `after_all` comes after loyal too, through both: 40.00 − 20.00 − 5.00 = 15.00, a tenth of it 1.50.
    expect(taken(rules, gigabytes(40))).toEqual([
      ['loyal', '-20.00'],
      ['five', '-5.00'],
      ['after_all', '-1.50'],
    ]);
  });

  test('one excludes another where both apply, and what does not apply excludes nothing', () => {
    const rules = `${plan}discount a\n  when cycle.data > 30 GB\n  take 1.00 EUR off data charges\n  excludes b\n  beside c
discount b\n  take 2.00 EUR off data charges\n  excludes c
discount c\n  take 3.00 EUR off data charges\n`;
    expect(taken(rules, gigabytes(20))).toEqual([['b', '-2.00']]);
    expect(taken(rules, gigabytes(40))).toEqual([
      ['a', '-1.00'],
      ['c', '-3.00'],
    ]);
  });
});

describe('A discount of the account', () => {
  const three = ['S-1', 'S-2', 'S-3'].map((id, index) => subscription({ id, msisdn: `+4915790000${index}` }));
  const fee = `plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 10.00 EUR monthly in arrears
`;

  test('is taken once and shared out, to the last cent', () => {
    const rules = `${fee}discount ten\n  when account.cycle.charges >= 30.00 EUR\n  take 10.00 EUR off all charges of account\n`;
    expect(taken(rules, { subscriptions: three })).toEqual([
      ['ten', '-3.33'],
      ['ten', '-3.34'],
      ['ten', '-3.33'],
    ]);
    expect(taken(rules, { subscriptions: three.slice(1) })).toEqual([]);
  });

  test('stands on its subscriptions, each with its share, and is capped as a whole', () => {
    const rules = `${fee}discount half\n  take 50% off all charges of account, at most 6.00 EUR per cycle\n`;
    const { lines } = bill(rules + taxes, accountCycle({ subscriptions: three })).bill;
    expect(lines.map(({ subscriptionId, amount }) => `${subscriptionId} ${amount}`)).toEqual([
      'S-1 10.00',
      'S-1 -2.00',
      'S-2 10.00',
      'S-2 -2.00',
      'S-3 10.00',
      'S-3 -2.00',
    ]);
    expect(lines.at(-1)?.because.how).toBe('50 % off 30.00 EUR of the account, at most 6.00 EUR');
  });

  test('comes after those of the subscriptions, and excludes them on all', () => {
    const single = 'discount single\n  take 1.00 EUR off all charges\n';
    const after = `${fee}${single}discount tenth\n  take 10% off all charges of account\n  after single\n`;
    expect(taken(after, { subscriptions: three }).map(([, amount]) => amount)).toEqual([
      '-1.00',
      '-0.90',
      '-1.00',
      '-0.90',
      '-1.00',
      '-0.90',
    ]);
    const instead = `${fee}${single}discount tenth\n  take 10% off all charges of account\n  excludes single\n`;
    expect(taken(instead, { subscriptions: three }).map(([name]) => name)).toEqual(['tenth', 'tenth', 'tenth']);
  });

  test('gives back its part of a fee that is given back', () => {
    const advance = fee.replace('in arrears', 'in advance, prorated by day');
    const rules = `${advance}discount half\n  take 50% off all charges of account\n`;
    const leaves = subscription({ cancelledOn: '2026-05-17' });
    // 10.00 × 15/31 = 4.84 is given back, of which half was never paid.
    expect(taken(rules, { subscriptions: [leaves] })).toEqual([['half', '2.42']]);
  });
});

test('A discount over fees of several fiscal categories stands on one line for each, so that what is left of each is known', () => {
  const rules = `declare category work_equipment
${plan}  fee "Line rental" 10.00 EUR monthly in arrears
  fee "Desk" 5.00 EUR monthly in arrears, fiscal category work_equipment
discount third\n  take 33.33% off all charges\n`;
  const { lines } = bill(rules + taxes, accountCycle({})).bill;
  // 33.33 % of 15.00 = 4.9995 → 5.00; 3.333 → 3.33 and the rest 1.67.
  expect(lines.filter(({ kind }) => kind === 'discount').map((line) => [line.fiscalCategory, line.amount])).toEqual([
    [undefined, '-3.33'],
    ['work_equipment', '-1.67'],
  ]);
});

test('Charges after discounts are what is left of them', () => {
  const rules = `${plan}discount half\n  take 50% off data charges
anomaly large\n  when cycle.charges after discounts > 20.00 EUR\n  flag invoice\n  because "{cycle.charges after discounts} of {cycle.charges}."\n`;
  const evidence = (quantity: number) =>
    bill(rules + taxes, accountCycle(gigabytes(quantity))).exceptions.map((one) => one.evidence);
  expect(evidence(40)).toEqual([]);
  expect(evidence(42)).toEqual(['21.00 EUR of 42.00 EUR.']);
});
