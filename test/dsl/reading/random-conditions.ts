/** Random conditions, as text: every form, about facts that a rule sees where it stands. */
import fc from 'fast-check';

/** What a rule decides about; a rule on a business event sees a subscription without its usage. */
export type Place =
  | 'portion'
  | 'event'
  | 'line'
  | 'subscription'
  | 'bare subscription'
  | 'account'
  | 'customer'
  | 'order'
  | 'invoice'
  | 'segment';

export interface Condition {
  readonly text: string;
  /** Facts that may be missing and are read without saying what happens then. */
  readonly bare: readonly string[];
}

type Kind = keyof typeof literals;

const day = (date: string) => Date.parse(date) / 86_400_000;

/** What a fact is compared with, as it is written and in base units. */
export const literals = {
  count: [
    ['3', 3],
    ['4 items', 4],
    ['0', 0],
    ['100 messages', 100],
  ],
  money: [
    ['1.00 EUR', 1_000_000],
    ['0.000001 EUR', 1],
    ['99.95 EUR', 99_950_000],
    ['0.00 EUR', 0],
  ],
  duration: [
    ['90 s', 90_000],
    ['1.5 min', 90_000],
    ['1 h', 3_600_000],
    ['60 min', 3_600_000],
    ['1 day', 86_400_000],
    ['250 ms', 250],
  ],
  data: [
    ['5 GB', 5_000_000_000],
    ['5000 MB', 5_000_000_000],
    ['0.5 MB', 500_000],
    ['1024 B', 1024],
  ],
  // In one condition units count in thousands or in 1024s.
  'binary data': [
    ['1 GiB', 1_073_741_824],
    ['1024 MiB', 1_073_741_824],
    ['1 KiB', 1024],
  ],
  percent: [
    ['10%', 100_000],
    ['12.5%', 125_000],
    ['0%', 0],
  ],
  date: [
    ['2026-03-01', day('2026-03-01')],
    ['2026-05-12', day('2026-05-12')],
    ['2024-02-29', day('2024-02-29')],
  ],
  instant: [
    ['2026-01-12 22:30', Date.parse('2026-01-12T21:30Z')],
    ['2026-06-30 08:00 America/New_York', Date.parse('2026-06-30T12:00Z')],
    ['2026-03-29 03:00 Europe/Berlin', Date.parse('2026-03-29T01:00Z')],
  ],
  time: [
    ['20:00', 1200],
    ['08:30', 510],
    ['00:00', 0],
  ],
} as const;

interface AmountFact {
  readonly name: string;
  readonly kind: Kind;
  readonly optional?: boolean;
  readonly places?: readonly Place[];
}

const used: readonly Place[] = ['portion', 'event', 'line', 'subscription'];
const ofSubscription: readonly Place[] = [...used, 'bare subscription'];

const amounts: readonly AmountFact[] = [
  { name: 'customer.score', kind: 'count' },
  { name: 'customer.rank', kind: 'count', optional: true },
  { name: 'customer.spend', kind: 'money' },
  { name: 'customer.talk', kind: 'duration' },
  { name: 'customer.pause', kind: 'duration', optional: true },
  { name: 'customer.volume', kind: 'data' },
  { name: 'customer.spare', kind: 'binary data', optional: true },
  { name: 'customer.memory', kind: 'binary data' },
  { name: 'customer.share', kind: 'percent' },
  { name: 'customer.since', kind: 'date' },
  { name: 'customer.moved_on', kind: 'date', optional: true },
  { name: 'date', kind: 'date' },
  { name: 'customer.seen', kind: 'instant' },
  { name: 'customer.wakes', kind: 'time' },
  { name: 'event.duration', kind: 'duration', places: ['portion', 'event'] },
  { name: 'event.volume', kind: 'data', places: ['portion', 'event'] },
  { name: 'event.at', kind: 'instant', places: ['portion', 'event'] },
  { name: 'line.net', kind: 'money', places: ['line'] },
  { name: 'cycle.data', kind: 'data', places: used },
  { name: 'cycle.voice', kind: 'duration', places: used },
  { name: 'cycle.mms', kind: 'count', places: used },
  { name: 'cycle.charges', kind: 'money', places: ['line', 'subscription'] },
  { name: 'history.data.median', kind: 'data', optional: true, places: used },
  { name: 'history.charges.median', kind: 'money', optional: true, places: used },
  { name: 'subscription.accepted_on', kind: 'date', places: ofSubscription },
  { name: 'subscription.renews_on', kind: 'date', optional: true, places: ofSubscription },
  { name: 'invoice.open', kind: 'money', places: ['invoice'] },
  { name: 'order.value', kind: 'money', places: ['order'] },
  { name: 'order.age', kind: 'duration', places: ['order'] },
];

interface WordFact {
  readonly name: string;
  readonly words: readonly string[];
  readonly optional?: boolean;
  readonly places?: readonly Place[];
}

const wordFacts: readonly WordFact[] = [
  { name: 'customer.tier', words: ['bronze', 'silver', 'gold'] },
  { name: 'customer.mood', words: ['good', 'bad'], optional: true },
  { name: 'customer.code', words: ['A1', '"b 2"', '"first"', 'a1'] },
  { name: 'customer.nick', words: ['Bo', '"Al C"'], optional: true },
  { name: 'customer.country', words: ['DE', 'FR', 'AT'] },
  { name: 'event.direction', words: ['incoming', 'outgoing'], places: ['portion', 'event'] },
  { name: 'event.visited_network', words: ['26201', '20801', '"310260"'], places: ['portion', 'event'] },
  { name: 'destination', words: ['home', 'eu', 'efta', 'premium'], places: ['portion', 'event'] },
  { name: 'destination.country', words: ['DE', 'AT'], optional: true, places: [] },
  { name: 'network_zone', words: ['home', 'zone_1', 'zone_2'], optional: true, places: ['portion', 'event'] },
  { name: 'subscription.payment', words: ['manual', 'card', '"direct debit"'], places: ofSubscription },
  { name: 'line.kind', words: ['usage', '"fee"', '"fee refund"'], places: ['line'] },
];

/** Conditions that are complete as they stand, and what they read unguarded. */
const sentences: readonly (Condition & { readonly places?: readonly Place[] })[] = [
  ...[
    'customer is vip',
    'customer is not vip',
    'customer.vip is yes',
    'customer.vip is not no',
    'customer.vip is yes or no',
    'time is nights',
    'time is not nights',
    'time is early or nights',
    'time is not early or nights',
    'customer.country is in west',
    'customer.country is not in west',
    'customer.hobbies include gaming or chess',
    'customer.hobbies include any of esports',
    'customer.profile mentions "gaming"',
    'customer.profile mentions "game" or "Video Games"',
    'customer.profile mentions "strasse"',
    'customer.code starts with "a" or "B"',
    'customer.rank is missing',
    'customer.spare is known',
    'customer.nick if missing "Bo" is Bo',
    'customer.rich is missing',
    'customer.hobbies include any of customer.interests',
    'customer.bought include category console or camera and price >= 100.00 EUR',
    'customer.bought include price < 100.00 EUR',
  ].map((text) => ({ text, bare: [] })),
  { text: 'customer has gold', bare: ['customer.rich'] },
  { text: 'customer has no gold', bare: ['customer.rich'] },
  { text: 'customer has app account', bare: ['customer.app_account'] },
  { text: 'customer.nick starts with "A"', bare: ['customer.nick'] },
  { text: 'customer.nick mentions "al"', bare: ['customer.nick'] },
  ...['customer is s0 or s1', 'customer is not s0', 'customer is not s0 or s1', 'customer.segments include s1'].map(
    (text) => ({
      text,
      bare: [],
      places: [...ofSubscription, 'account', 'customer', 'order'] as const,
    }),
  ),
  { text: 'order.items include category drone and price > 100.00 EUR', bare: [], places: ['order', 'segment'] },
  { text: 'invoice is paid', bare: [], places: ['invoice'] },
  { text: 'invoice is not disputed', bare: [], places: ['invoice'] },
  { text: 'subscription is paid', bare: [], places: ofSubscription },
  { text: 'subscription is not paid', bare: [], places: ofSubscription },
  { text: 'time is office', bare: [], places: ofSubscription },
  { text: 'destination is in near', bare: [], places: ['portion', 'event'] },
  { text: 'destination is not in near', bare: [], places: ['portion', 'event'] },
  { text: 'event.called_number starts with "+49" or "+43"', bare: [], places: ['portion', 'event'] },
];

export function conditions(place: Place): fc.Arbitrary<Condition> {
  const known = trees.get(place) ?? tree(place);
  trees.set(place, known);
  return known;
}

const trees = new Map<Place, fc.Arbitrary<Condition>>();

/** Terms joined by one word, as they may stand behind `when`. */
function tree(place: Place): fc.Arbitrary<Condition> {
  const { nested } = fc.letrec<{ nested: Condition }>((tie) => ({
    nested: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      leaf(place),
      fc.tuple(tie('nested'), tie('nested'), joint).map(([a, b, word]) => both(a, b, word, true)),
      tie('nested').map(({ text, bare }) => ({ text: `not ${text}`, bare })),
    ),
  }));
  return fc
    .tuple(fc.array(nested, { minLength: 1, maxLength: 3 }), joint)
    .map(([terms, word]) => terms.reduce((all, term) => both(all, term, word, false)));
}

const joint = fc.constantFrom('and', 'or');

function both(a: Condition, b: Condition, word: string, inBrackets: boolean): Condition {
  const text = `${a.text} ${word} ${b.text}`;
  return { text: inBrackets ? `(${text})` : text, bare: [...a.bare, ...b.bare] };
}

function leaf(place: Place): fc.Arbitrary<Condition> {
  const seen = <T extends { readonly places?: readonly Place[] }>(all: readonly T[]) =>
    all.filter(({ places }) => !places || places.includes(place));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...seen(amounts)).chain((fact) => aboutAmount(fact, seen(amounts))) },
    { weight: 3, arbitrary: fc.constantFrom(...seen(wordFacts)).chain(aboutWord) },
    { weight: 3, arbitrary: fc.constantFrom(...seen(sentences)).map(({ text, bare }) => ({ text, bare })) },
  );
}

const ordering = fc.constantFrom('<', '<=', '>', '>=');

function aboutAmount(fact: AmountFact, seen: readonly AmountFact[]): fc.Arbitrary<Condition> {
  const { name, kind } = fact;
  const alike = fc.constantFrom(...seen.filter((other) => other.kind === kind));
  const literal = fc.constantFrom(...literals[kind].map(([text]) => text));
  const bare = bareOf(fact);
  const against = fc.tuple(ordering, literal).map(([op, value]) => ({ text: `${name} ${op} ${value}`, bare }));
  const equal = fc
    .tuple(fc.constantFrom('is', 'is not'), fc.uniqueArray(literal, { minLength: 1, maxLength: 2 }))
    .map(([is, values]) => ({ text: `${name} ${is} ${values.join(' or ')}`, bare }));
  const other = fc
    .tuple(ordering, alike)
    .map(([op, right]) => ({ text: `${name} ${op} ${right.name}`, bare: [...bare, ...bareOf(right)] }));
  const fallback = fc.tuple(ordering, literal, alike, literal).map(([op, missing, right, value]) => ({
    text: `${name} if missing ${missing} ${op} ${right.optional ? `${right.name} if missing ${value}` : right.name}`,
    bare: [],
  }));
  const sums = fc
    .tuple(ordering, alike, literal, fc.constantFrom('+', '-'), fc.constantFrom('2', '0.3', '1.5'))
    .map(([op, right, value, sign, factor]) => ({
      text: `${name} ${sign} ${value} ${op} ${factor} * ${right.name}`,
      bare: [...bare, ...bareOf(right)],
    }));
  const whole = fc.tuple(ordering, alike, literal, fc.constantFrom('3', '0.25')).map(([op, right, value, factor]) => ({
    text: `(${name} + ${right.name}) * ${factor} ${op} ${value}`,
    bare: [...bare, ...bareOf(right)],
  }));
  const isPoint = kind === 'date' || kind === 'instant' || kind === 'time';
  return fc.oneof(against, equal, other, ...(fact.optional ? [fallback] : []), ...(isPoint ? [] : [sums, whole]));
}

function bareOf({ name, optional }: AmountFact | WordFact): readonly string[] {
  return optional ? [name] : [];
}

function aboutWord(fact: WordFact): fc.Arbitrary<Condition> {
  return fc
    .tuple(fc.constantFrom('is', 'is not'), fc.subarray([...fact.words], { minLength: 1 }))
    .map(([is, words]) => ({ text: `${fact.name} ${is} ${words.join(' or ')}`, bare: bareOf(fact) }));
}
