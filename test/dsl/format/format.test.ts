import { describe, expect, it } from 'vitest';
import { formatEdits, formatRules } from '../../../dsl/format/format.ts';
import { fences, readText, shippedRules } from '../sources.ts';

/** The text, and that it does not change a second time. */
function formatted(text: string): string {
  const once = formatRules(text);
  expect(formatRules(once)).toBe(once);
  return once;
}

describe('Depth and blanks', () => {
  it('follow from the words, however a plan was indented', () => {
    expect(
      formatted(`plan flex "Mobile Flex"   in EUR ,round half even per line,split at  boundaries
      from 2026-01-01
 fee "Line rental" 12.00 EUR monthly in advance,prorated by day
 allowance 300 min of voice to home or eu
 when event.direction is outgoing
 rate voice,first that fits
 when destination is premium
 charge 0.90 EUR per min by 1 min,plus 0.15 EUR per call
 as "Calls to premium numbers"
 when time is offpeak as late charge 0.02 EUR per min by 1 s
 otherwise
 charge 0.05 EUR per min by 30 s then 1 s
 rate data
 when roaming_zone is zone_2 charge 3.00 EUR per started 100 MB
 otherwise
 graduated per cycle
 first 40 GB 1.20 EUR per GB
 next 100 GB 0.80 EUR per GB
 beyond 0.50 EUR per GB
 rate sms
 charge 0.09 EUR per message
`),
    ).toBe(`plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 12.00 EUR monthly in advance, prorated by day
  allowance 300 min of voice to home or eu
    when event.direction is outgoing
  rate voice, first that fits
    when destination is premium   charge 0.90 EUR per min by 1 min, plus 0.15 EUR per call
      as "Calls to premium numbers"
    when time is offpeak as late  charge 0.02 EUR per min by 1 s
    otherwise                     charge 0.05 EUR per min by 30 s then 1 s
  rate data
    when roaming_zone is zone_2  charge 3.00 EUR per started 100 MB
    otherwise graduated per cycle
      first 40 GB                1.20 EUR per GB
      next 100 GB                0.80 EUR per GB
      beyond                     0.50 EUR per GB
  rate sms charge 0.09 EUR per message
`);
  });

  it('are single around operators and none inside brackets, and a percentage is one word', () => {
    expect(
      formatted('discount d\n  when ( cycle.data+2 GB>5 GB or cycle.voice>=10 h )\n  take 5 % off all charges'),
    ).toBe('discount d\n  when (cycle.data + 2 GB > 5 GB or cycle.voice >= 10 h)\n  take 5% off all charges\n');
  });

  it('leave texts, numbers and names as they are', () => {
    const text = 'discount d "two  blanks,no more"\n  take 5.00 EUR off all charges\n';
    expect(formatted(text)).toBe(text);
  });

  it('put one blank line between sentences, and none between sentences of one line that stand together', () => {
    expect(
      formatted(
        '\n\ndeclare role sales\ndeclare role production\n\n\n\ntax a\n  when customer.country is DE\n  19% category S\ntax b otherwise 20% category S\n\n',
      ),
    ).toBe(
      'declare role sales\ndeclare role production\n\ntax a\n  when customer.country is DE\n  19% category S\n\ntax b otherwise 20% category S\n',
    );
  });

  it('keep one of the blank lines by which clauses are grouped, and none below what opens a group', () => {
    expect(
      formatted(
        'plan p in EUR\n\n  fee "a" 1.00 EUR monthly in advance\n\n\n  rate sms\n\n    when destination is eu charge 0.01 EUR per message\n',
      ),
    ).toBe(
      'plan p in EUR\n  fee "a" 1.00 EUR monthly in advance\n\n  rate sms\n    when destination is eu  charge 0.01 EUR per message\n',
    );
  });

  it('do not depend on who wrote the file: byte order mark, Windows line ends, tabs and blanks at line ends go', () => {
    expect(formatted('\uFEFFdiscount d  \r\n\ttake 5% off all charges \t\r\n\r\n\r\n# end\r\n')).toBe(
      'discount d\n  take 5% off all charges\n\n# end\n',
    );
    expect(formatted('')).toBe('');
    expect(formatted('\n \n')).toBe('');
    expect(formatted('# only this')).toBe('# only this\n');
  });
});

describe('Long lines', () => {
  it('give each condition a line of its own', () => {
    expect(
      formatted(
        'segment_like_tax\ntax t\n  when customer.category is business and customer.tax_country is not DE and customer.tax_country is in eu\n  0% category AE\n',
      ),
    ).toBe(
      'segment_like_tax\n\ntax t\n  when customer.category is business\n    and customer.tax_country is not DE\n    and customer.tax_country is in eu\n  0% category AE\n',
    );
  });

  it('bring conditions that were broken by hand back where they fit', () => {
    expect(
      formatted('tax t\n  when customer.country\n    is DE\n    or customer.country is AT\n  0% category AE\n'),
    ).toBe('tax t\n  when customer.country is DE or customer.country is AT\n  0% category AE\n');
  });

  it('are filled where they are lists, and broken behind commas', () => {
    const words = Array.from({ length: 40 }, (_, index) => `word_${index}`);
    const lines = formatted(`declare list long is ${words.join(' or ')}`)
      .trimEnd()
      .split('\n');
    expect(lines.length).toBe(4);
    expect(lines.slice(1).every((line) => line.startsWith('  or word_'))).toBe(true);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(
      formatted(
        'offer app_install_for_new_customers\n  on customer acquired\n  give voucher 10% off this order, valid 30 days, at most 5000 in total, at most 2 per customer, once per customer_of_the_house\n',
      ),
    ).toBe(
      'offer app_install_for_new_customers\n  on customer acquired\n  give voucher 10% off this order, valid 30 days, at most 5000 in total, at most 2 per customer,\n    once per customer_of_the_house\n',
    );
  });

  it('are never broken before a word that would open a clause', () => {
    const steps = Array.from({ length: 40 }, (_, index) => `${index + 1} days`).join(', ');
    const text = `remind r\n  ${steps} before subscription.renews_on\n  between 09:00 and 20:00 customer time\n  send "a" to customer\n`;
    expect(formatted(text)).toBe(text);
  });

  it('put an outcome below its row where both do not fit on one', () => {
    const condition =
      'when destination is premium and event.called_number starts with "+4990055500001" or "+4990055500002"';
    expect(
      formatted(
        `plan p in EUR\n  rate voice\n    ${condition} charge 0.90 EUR per min\n    otherwise charge 0.05 EUR per min\n`,
      ),
    ).toBe(
      `plan p in EUR\n  rate voice\n    when destination is premium\n      and event.called_number starts with "+4990055500001" or "+4990055500002"\n      charge 0.90 EUR per min\n    otherwise  charge 0.05 EUR per min\n`,
    );
  });
});

describe('Decision tables', () => {
  it('have aligned columns, with the numbers of a column ending in one place', () => {
    expect(
      formatted(`discount data
  |id|cycle.data|take|
  |small|>5 GB and<=20 GB|5% off data charges|
      | large | > 20 GB | 10% off data charges, at most 20.00 EUR per cycle |
  after loyalty
`),
    ).toBe(`discount data
  | id    | cycle.data          | take                                              |
  | small | > 5 GB and <= 20 GB |  5% off data charges                              |
  | large | > 20 GB             | 10% off data charges, at most 20.00 EUR per cycle |
  after loyalty
`);
  });

  it('keep the comments between, behind and inside their rows', () => {
    expect(
      formatted(`plan p in EUR
  rate sms
  # abroad
  | roaming_zone | charge |  # head
     # cheap
  | zone_1 # inside
     or zone_2 | 0.06 EUR per message |  # near
  | any | 10.00 EUR per message |
`),
    ).toBe(`plan p in EUR
  rate sms
    # abroad
    | roaming_zone     | charge                |  # head
    # cheap
    # inside
    | zone_1 or zone_2 |  0.06 EUR per message |  # near
    | any              | 10.00 EUR per message |
`);
  });
});

describe('Comments', () => {
  it('stay by what they stand above or behind', () => {
    expect(
      formatted(`# The file.

# The discount.
discount d # for friends
# who
    when customer.country is DE   # here
      # and there
      or customer.country is AT
  take 5% off all charges  # before tax
    # take 6% off all charges
# The next.
tax t otherwise 19% category S`),
    ).toBe(`# The file.

# The discount.
discount d  # for friends
  # who
  when customer.country is DE  # here
    # and there
    or customer.country is AT
  take 5% off all charges  # before tax
  # take 6% off all charges

# The next.
tax t otherwise 19% category S
`);
  });

  it('that take out the last row of a rate stay below it', () => {
    const text = `plan p in EUR
  rate voice
    when destination is eu  charge 0.09 EUR per min
    # when destination is efta  charge 0.10 EUR per min

  # Messages.
  rate sms charge 0.09 EUR per message
  # And no data.
`;
    expect(formatted(text)).toBe(text);
  });

  it('keep an outcome on the line below when they stand between', () => {
    expect(
      formatted('plan p in EUR\n  rate voice\n    when destination is eu # Europe\n    charge 0.09 EUR per min\n'),
    ).toBe('plan p in EUR\n  rate voice\n    when destination is eu  # Europe\n      charge 0.09 EUR per min\n');
  });
});

describe('Sentences that cannot be read', () => {
  it('are left exactly as they are, and the others are formatted', () => {
    expect(
      formatted(
        'discount  a\n take   5% off all charges\ndiscount  b\n   take 5 percent   off all charges\n\tand so on \ndiscount  c\n take 5% off all charges\n',
      ),
    ).toBe(
      'discount a\n  take 5% off all charges\n\ndiscount  b\n   take 5 percent   off all charges\n\tand so on \n\ndiscount c\n  take 5% off all charges\n',
    );
  });

  it('are left alone also where other line ends would make other words', () => {
    const text =
      'notify n\n  on customer acquired\n  when customer has no\n    history_of_orders\n  send "a" to customer\n';
    expect(formatted(text)).toBe(text.replace('no\n    history', 'no history'));
    const split = 'test "t"\n  given customer has no\n    history\n  expect no anomaly\n';
    expect(formatted(split)).toBe(split);
  });
});

describe('Edits', () => {
  const text =
    'discount  a\n take 5% off all charges\n\ndiscount b\n  take 5% off all charges\n\ndiscount  c\n take 5% off all charges\n';

  it('are one for each sentence that changes, and together they format the text', () => {
    const edits = formatEdits(text);
    expect(edits.map(({ span }) => text.slice(span.start, span.start + 12).trim())).toEqual([
      'discount  a',
      'discount  c',
    ]);
    const applied = edits.reduceRight(
      (all, edit) => all.slice(0, edit.span.start) + edit.text + all.slice(edit.span.end),
      text,
    );
    expect(applied).toBe(formatRules(text));
  });

  it('are those of the sentences within a span, where one is asked for', () => {
    const at = text.indexOf('discount  c') + 20;
    expect(formatEdits(text, { start: at, end: at }).map(({ text: own }) => own)).toEqual([
      '\ndiscount c\n  take 5% off all charges\n',
    ]);
    expect(formatEdits(formatRules(text))).toEqual([]);
  });
});

describe('What is shipped', () => {
  const rules = shippedRules().files.filter(({ path }) => path.endsWith('.rules'));
  it.each(rules)('is formatted: rules/$path', ({ text }) =>
    expect(formatRules(text), '`ratebook fmt rules` formats them').toBe(text),
  );

  it('is formatted: the examples of the reference', () => {
    for (const { text } of fences(readText('dsl/README.md')).filter(({ info }) => info === 'rules'))
      expect(formatRules(text)).toBe(text);
  });
});
