/** Random rulebooks, as text: well typed, of every family, about one world of facts of every type. */
import fc from 'fast-check';
import { message } from '../sources.ts';
import { type Condition, conditions, type Place } from './random-conditions.ts';

export const world = `declare zone Europe/Berlin
declare role sales manager
declare list near is home or eu
declare list west is FR or ES or PT
declare service mms in messages "Picture messages."
declare fact customer.score count
declare fact customer.rank count, may be missing
declare fact customer.spend money
declare fact customer.talk duration
declare fact customer.pause duration, may be missing
declare fact customer.volume data
declare fact customer.spare data, may be missing
declare fact customer.memory data
declare fact customer.share percent
declare fact customer.since date
declare fact customer.moved_on date, may be missing
declare fact customer.seen instant
declare fact customer.wakes time
declare fact customer.code text
declare fact customer.nick text, may be missing
declare fact customer.tier one of bronze or silver or gold
declare fact customer.mood one of good or bad, may be missing
declare fact customer.vip yes/no, said as "customer is vip"
declare fact customer.rich yes/no, may be missing, said as "customer has gold"
declare fact customer.hobbies list of gaming or esports or chess

table destination from "tables/destinations.csv" by longest prefix of event.called_number, otherwise home
table network_zone from "tables/networks.csv" by exact event.visited_network

calendar nights in customer time
  weekdays 20:00 to 08:00, weekends
calendar early in Europe/Berlin
  every day 00:30 to 02:30, holidays of DE
calendar office in plan time
  weekdays 09:00 to 17:00

segment s0
  when customer is vip

segment s1
  when customer.tier is gold

plan basic "Basic" in EUR, round half even per line, split at boundaries
  fee "Line rental" 12.00 EUR monthly in advance
  rate voice charge 0.10 EUR per min
  rate data charge 1.00 EUR per GB
`;

export const files = [
  {
    path: 'tables/destinations.csv',
    text: 'prefix,destination,country\n+49,home,DE\n+499,premium,DE\n+43,eu,AT\n+47,efta,NO\n',
  },
  { path: 'tables/networks.csv', text: 'network,network_zone\n26201,home\n20801,zone_1\n310260,zone_2\n' },
  ...message('note'),
];

/** How many to draw: so many in every run of the tests, others by `RULEBOOKS=5000`. */
export function rulebooksOr(usual: number): number {
  return Number(process.env.RULEBOOKS ?? usual);
}

/** Each sentence by itself, so that one can be left out. */
export function rulebooks(): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(
      fc.array(tax(), { maxLength: 2 }),
      fc.array(discount(), { maxLength: 2 }),
      fc.array(fc.oneof(anomaly(), anomalyTable(), segment(), offer(), notify(), versions(), remind(), dunning()), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.array(fc.oneof(firstPlan(), tablePlan(), exactPlan()), { minLength: 1, maxLength: 2 }),
    )
    .map(([taxes, discounts, others, plans]) => [
      ...taxes.map((body, index) => `tax t${index}\n${body}  ${7 + index}% category S\n`),
      'tax rest otherwise 19% category S\n',
      ...discounts.map((body, index) => `discount d${index}\n${body}${index > 0 ? `  after d${index - 1}\n` : ''}`),
      ...others.map((write, index) => write(`r${index}`)),
      ...plans.map((write, index) => write(`p${index}`)),
    ]);
}

function tax(): fc.Arbitrary<string> {
  return fc.tuple(period, clauses('line')).map((parts) => parts.join(''));
}

function discount(): fc.Arbitrary<string> {
  return fc.tuple(period, plans, clauses('subscription'), base).map((parts) => parts.join(''));
}

function anomaly(): Writer {
  const object = fc.constantFrom<[string, Place]>(
    ['event', 'event'],
    ['line', 'line'],
    ['invoice', 'subscription'],
    ['account', 'account'],
  );
  return object.chain(([name, place]) =>
    fc
      .tuple(
        period,
        clauses(place),
        fc.constantFrom('hold', 'flag', 'reject'),
        fc.constantFrom('', ', severity low', ', severity high'),
      )
      .map(
        ([dates, body, action, severity]) =>
          (id: string) =>
            `anomaly ${id}\n${dates}${body}  ${action} ${name}${severity}\n  because "Score {customer.score}, {customer.talk} long."\n`,
      ),
  );
}

const happenings = fc.constantFrom<[string, Place]>(
  ['customer acquired', 'customer'],
  ['order placed', 'order'],
  ['order overdue', 'order'],
  ['subscription cancelled', 'bare subscription'],
);

/** What an offer gives, with what it is worth said: in a group of `best of` it must be told. */
const gifts = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('voucher 10% off this order', 'voucher 5.00 EUR off this order', 'voucher 10% off next invoice'),
      fc.constantFrom('', ', at most 8.00 EUR each'),
    )
    .map(([what, each]) => `${what}, valid 2 weeks${each}`),
  fc.constantFrom(
    'discount 5.00 EUR off next invoice',
    'discount 10% off fee "Line rental" for 3 cycles',
    'free fee "Line rental"',
    'free fee "Line rental" for 2 cycles',
    'allowance 5 GB of data',
    'allowance 90 min of voice for 2 cycles',
  ),
);

function offer(): Writer {
  return happenings.chain(([event, place]) =>
    fc
      .tuple(
        period,
        clauses(place),
        gifts,
        fc.constantFrom('', ', once per customer', ', at most 50 in total', ', at most 3 per customer'),
        fc.constantFrom('', '', ', first of g', ', best of g'),
        fc.constantFrom('', '  not with other offers\n'),
      )
      .map(
        ([dates, body, gift, limit, group, alone]) =>
          (id: string) =>
            `offer ${id}${group}\n${dates}  on ${event}\n${body}  give ${gift}${limit}${group.includes('best') ? ', worth 6.00 EUR' : ''}\n${alone}  send "note" to customer\n`,
      ),
  );
}

function notify(): Writer {
  return happenings.chain(([event, place]) =>
    fc
      .tuple(
        clauses(place),
        fc.constantFrom('customer', 'sales manager', 'customer and sales manager'),
        fc.constantFrom('', ', once per customer'),
      )
      .map(
        ([body, to, once]) =>
          (id: string) =>
            `notify ${id}\n  on ${event}\n${body}  send "note" to ${to}${once}\n`,
      ),
  );
}

/** Said again with a later first day. */
function versions(): Writer {
  return fc.tuple(clauses('order'), clauses('order'), fc.constantFrom('2026-03-01', '2026-05-12')).map(
    ([before, since, day]) =>
      (id: string) =>
        `notify ${id}\n  on order placed\n${before}  send "note" to customer\n\nnotify ${id}\n  from ${day}\n  on order placed\n${since}  send "note" to sales manager\n`,
  );
}

function segment(): Writer {
  return fc.tuple(period, clauses('segment')).map(
    ([dates, body]) =>
      (id: string) =>
        `segment ${id}\n${dates}${body}`,
  );
}

function remind(): Writer {
  const dates = fc.constantFrom<[string, Place]>(
    ['subscription.renews_on', 'bare subscription'],
    ['subscription.accepted_on', 'bare subscription'],
    ['customer.since', 'customer'],
    ['customer.moved_on', 'customer'],
  );
  return dates.chain(([date, place]) =>
    fc
      .tuple(
        clauses(place),
        fc.constantFrom('30 days, 7 days and 1 day', '2 weeks', '1 month', '1 day'),
        fc.constantFrom('before', 'after'),
        fc.constantFrom('customer time, on working days', 'Europe/Lisbon', 'customer time'),
        fc.option(conditions(place)),
      )
      .map(
        ([body, steps, side, zone, stop]) =>
          (id: string) =>
            `remind ${id}\n${body}  ${steps} ${side} ${date}${steps.includes('month') ? ', clamped to month end' : ''}\n  between 09:00 and 17:30 ${zone}\n  send "note" to customer\n${stopping(stop)}`,
      ),
  );
}

function dunning(): Writer {
  return fc
    .tuple(
      clauses('invoice'),
      fc.constantFrom('', ', charge 2.50 EUR "Reminder fee"', ', suspend subscription'),
      fc.option(conditions('invoice')),
    )
    .map(
      ([body, more, stop]) =>
        (id: string) =>
          `dunning ${id}\n${body}  7 days after invoice.due_on send "note" to customer\n  3 weeks after invoice.due_on send "note" to sales manager${more}\n${stopping(stop)}`,
    );
}

function stopping(condition: Condition | null): string {
  return condition ? `  stop when ${guarded(condition)}\n` : '';
}

const price = fc
  .tuple(
    fc.constantFrom('0.05 EUR per min', '0.0125 EUR per s', '0.30 EUR per started 90 s', '6.00 EUR per h'),
    fc.constantFrom('', ' by 30 s then 1 s', ' by 1 min'),
    fc.constantFrom(
      '',
      ', plus 0.15 EUR per call',
      ', plus 0.15 EUR per call if charged',
      ', at least 0.10 EUR per call',
    ),
  )
  .map((parts) => `charge ${parts.join('')}`);

const tiers =
  'graduated per cycle\n      first 10 min 0.50 EUR per min\n      next 1.5 h 0.20 EUR per min\n      beyond 0.01 EUR per min';

/** A plan like the basic one, whose calls are priced by the first row that fits. */
function firstPlan(): Writer {
  const row = fc.tuple(clauses('portion'), fc.oneof(price, fc.constant(tiers)));
  return fc.tuple(fc.array(row, { minLength: 1, maxLength: 3 }), price, fc.option(clauses('portion'))).map(
    ([rows, rest, allowance]) =>
      (id: string) =>
        [
          `plan ${id} like basic\n`,
          ...(allowance === null ? [] : [`  allowance 100 min of voice to home or eu, prorated\n${allowance}`]),
          '  rate voice, first that fits\n',
          ...rows.map(([body, charge], index) => `${asRow(body)}    as row${index}\n    ${charge}\n`),
          `    otherwise ${rest}\n`,
        ].join(''),
  );
}

/** Rows that share out what there is, with nothing left over or `otherwise` for the rest. */
function exactPlan(): Writer {
  const shares = fc.oneof(
    fc.constant(['event.direction is incoming', 'event.direction is outgoing']),
    fc.constant(['destination is home or eu', 'destination is efta', 'destination is premium']),
    fc.constant(['time is nights', 'not time is nights']),
    fc.constant([
      'event.duration < 1 min',
      'event.duration >= 60 s and event.duration < 1 h',
      'event.duration >= 60 min',
    ]),
    fc.constant([
      'customer.rank is missing',
      'customer.rank is known and customer.rank < 3',
      'customer.rank is known and customer.rank >= 3',
    ]),
    fc.constant([
      'customer is vip',
      'customer is not vip and customer.tier is gold',
      'customer is not vip and customer.tier is not gold',
    ]),
  );
  return fc
    .tuple(shares, fc.boolean(), fc.array(price, { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 2 }))
    .map(([rows, isWhole, prices, dropped]) => (id: string) => {
      const kept = isWhole ? rows : rows.filter((_, index) => index !== dropped);
      const lines = kept.map((row, index) => `    when ${row} as row${index}\n      ${prices[index]}\n`);
      return `plan ${id} like basic\n  rate voice\n${lines.join('')}${isWhole ? '' : `    otherwise ${prices[3]}\n`}`;
    });
}

type Writer = fc.Arbitrary<(id: string) => string>;

/** `when` and `unless`, with what guards the facts in them that may be missing. */
function clauses(place: Place): fc.Arbitrary<string> {
  return fc
    .tuple(conditions(place), fc.option(conditions(place), { freq: 3 }), fc.boolean())
    .map(([wanted, unwanted, asKnown]) => {
      const facts = [...new Set([...wanted.bare, ...(unwanted?.bare ?? [])])];
      const guards = facts.map((fact) => (asKnown ? `  when ${fact} is known\n` : `  unless ${fact} is missing\n`));
      return `  when ${wanted.text}\n${guards.join('')}${unwanted ? `  unless ${unwanted.text}\n` : ''}`;
    });
}

/** In a rate every `when` is a row: all of them in one. */
function asRow(body: string): string {
  const lines = body
    .trimEnd()
    .split('\n')
    .map((line) => line.trim());
  const wanted = lines.filter((line) => line.startsWith('when ')).map((line) => `(${line.slice(5)})`);
  return [
    `    when ${wanted.join(' and ')}`,
    ...lines.filter((line) => line.startsWith('unless ')).map((line) => `      ${line}`),
    '',
  ].join('\n');
}

function guarded({ text, bare }: Condition): string {
  return [...bare.map((fact) => `${fact} is known`), `(${text})`].join(' and ');
}

const period = fc.constantFrom(
  '',
  '',
  '  from 2026-03-01\n',
  '  until 2026-05-12\n',
  '  from 2026-01-01 until 2026-05-12\n',
);

const plans = fc.constantFrom(
  '',
  '',
  '  for plan basic\n',
  '  for plan basic, accepted between 2026-01-01 and 2026-05-12\n',
);

const base = fc.constantFrom(
  '  take 10% off all charges\n',
  '  take 2.50 EUR off voice charges, at most 20.00 EUR per cycle\n',
  '  take 50% off fee "Line rental" for 3 cycles from acceptance\n',
);

/** The rows of a decision table below three facts, each once. */
const cells = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom('any', '> 5 GB', '>= 1 MB and < 5 GB', '< 1 MB or > 5 GB'),
      fc.constantFrom('any', 'gold', 'bronze or silver', 'not gold'),
      fc.constantFrom('any', 'in west', 'not in west', 'DE or FR', 'starts with "F"'),
    )
    .filter((row) => row.some((cell) => cell !== 'any'))
    .map((row) => row.join(' | ')),
  { minLength: 1, maxLength: 3 },
);
const columns = 'customer.volume | customer.tier | customer.country';

function anomalyTable(): Writer {
  return fc.tuple(cells, fc.constantFrom('hold', 'flag')).map(
    ([rows, action]) =>
      (id: string) =>
        [
          `anomaly ${id}\n`,
          `  | id | ${columns} | ${action} |\n`,
          ...rows.map((row, index) => `  | row${index} | ${row} | account, severity ${index > 0 ? 'low' : 'high'} |\n`),
          '  because "Volume {customer.volume}."\n',
        ].join(''),
  );
}

function tablePlan(): Writer {
  return cells.map((rows) => (id: string) => {
    const lines = rows.map((row, index) => `    | row${index} | ${row} | 0.0${index + 1} EUR per min by 1 s |\n`);
    const rest = '    | rest | any | any | any | 0.10 EUR per min |\n';
    return `plan ${id} like basic\n  rate voice, first that fits\n    | id | ${columns} | charge |\n${lines.join('')}${rest}`;
  });
}
