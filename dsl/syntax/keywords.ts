/**
 * Every word with a meaning of its own. Anything else is a name.
 *
 * A keyword of several words is one token. Capital letters matter: `GB` is a unit after a number and a name elsewhere.
 */

/** Words that open a sentence in column 0, with the line that completion and hover show. */
export const sentenceWords = {
  plan: 'A rate plan: fees, allowances and rates that belong together.',
  discount: 'Takes money off charges when its conditions hold.',
  tax: 'The tax of each invoice line; exactly one fits.',
  anomaly: 'Holds, flags or rejects what looks wrong, for a person to look at.',
  offer: 'Gives a customer a voucher when something happens.',
  remind: 'Sends messages before or after a date.',
  notify: 'Sends messages when something happens.',
  table: 'A look-up in a CSV file beside the rules.',
  calendar: 'Named time bands: hours, weekends, holidays.',
  'declare fact': 'A further fact that rules may read.',
  'declare service': 'A further service that is measured.',
  'declare role': 'A role of your company that messages may be sent to.',
  'declare list': 'A named list of values, read with `is in`.',
  'declare zone': 'The time zone in which dates of rules begin.',
  test: 'Given facts and the outcome they must have.',
} as const;

/** Words that open a clause at the start of a deeper line. */
export const clauseWords = {
  from: 'The first day it is in force.',
  until: 'The first day it is no longer in force.',
  fee: 'A recurring fee of the plan.',
  allowance: 'Usage included in the plan.',
  rate: 'The prices of one service.',
  when: 'The condition under which it applies.',
  unless: 'The condition under which it does not apply.',
  otherwise: 'What applies when nothing above fits.',
  charge: 'The price.',
  graduated: 'A price in tiers, each part of the usage at its own price.',
  first: 'The first tier of a graduated price.',
  next: 'The following tier of a graduated price.',
  beyond: 'The last tier of a graduated price, without end.',
  as: 'A name for the row, so that its id survives editing.',
  'for plan': 'The plans it is for.',
  'for plans': 'The plans it is for.',
  take: 'What the discount takes off, and from what.',
  after: 'The discounts taken first; this one is taken off what they leave.',
  beside: 'The discounts that are taken off the same amount as this one.',
  hold: 'Keeps something back until a person has decided.',
  flag: 'Marks something for a person and goes on.',
  reject: 'Refuses something.',
  because: 'The evidence a person reads, with {facts} filled in.',
  on: 'The business event that starts the rule.',
  give: 'What the customer is given.',
  send: 'A message to send.',
  between: 'The local hours in which it may be sent.',
  'stop when': 'The condition that ends all steps.',
  column: 'The type of a column of the table.',
  given: 'What the test starts from.',
  expect: 'What must come out.',
} as const;

/** Words inside clauses. */
export const innerWords = [
  'accepted between', 'all charges', 'and', 'at', 'at boundaries', 'at most', 'at start', 'before', 'by',
  'by day', 'by longest prefix of', 'by exact', 'calls to', 'category', 'charges', 'customer time', 
  'every day', 'exactly one', 'first that fits', 'fiscal category', 'for', 'from acceptance', 'from allowance', 'half down', 'half even',
  'half up', 'has', 'history of', 'holidays of', 'if missing', 'in', 'in advance', 'in arrears', 'in customer time', 'in plan time',
  'in total', 'include', 'includes', 'incoming', 'invoice total', 'is', 'it is', 'like', 'line', 'list of', 'may be missing',
  'mention', 'mentions', 'message', 'missing', 'known', 'monthly', 'no', 'no history', 'not', 'note', 'of', 'off', 'on working days',
  'once per', 'one of', 'or', 'outgoing', 'per', 'per customer', 'per cycle', 'per started', 'plus', 'price', 'prorated', 'prorated by day',
  'quarterly', 'rolls over', 'round', 'per line', 'said as', 'severity', 'split', 'starts with', 'then', 'to', 'valid',
  'voucher', 'weekdays', 'weekends', 'with', 'yearly', 'yes/no', 'zone',
] as const;

/** Constructs of the language that are planned: recognised, so that the message can name them. */
export const plannedSentences = {
  contract: 'contracts for one customer',
  segment: 'customer segments',
  dunning: 'dunning',
  content: 'matching content',
  advantage: 'tax advantages',
} as const;

/** The same inside a sentence. */
export const plannedWords = {
  'minimum spend': 'minimum spend',
  commitment: 'commitments',
  'shared by': 'allowances shared by a group',
  'best of': 'the best of several discounts',
  excludes: 'discounts that exclude each other',
  'again after': 'escalation of a message',
  'send survey': 'surveys',
  'with the best offer': 'offers inside a message',
  'counting all usage': 'tiers that count all usage',
  'if charged': 'set-up fees only for charged calls',
  'charges after discounts': 'bases after discounts',
  'renamed from': 'renamed rules',
  'price locked': 'locked prices',
  'for subscriptions from': 'prices for new subscriptions only',
  'count of': 'counts over time',
  '|': 'decision tables',
} as const;

export type SentenceWord = keyof typeof sentenceWords;
export type ClauseWord = keyof typeof clauseWords;
export type InnerWord = (typeof innerWords)[number];
export type Keyword = SentenceWord | ClauseWord | InnerWord;

/** Units that may follow a number, with the size in base units and what they measure. Months and years are calendar. */
export const units = {
  ms: { measures: 'duration', size: 1 },
  s: { measures: 'duration', size: 1000 },
  min: { measures: 'duration', size: 60_000 },
  h: { measures: 'duration', size: 3_600_000 },
  day: { measures: 'duration', size: 86_400_000 },
  days: { measures: 'duration', size: 86_400_000 },
  week: { measures: 'duration', size: 604_800_000 },
  weeks: { measures: 'duration', size: 604_800_000 },
  month: { measures: 'months', size: 1 },
  months: { measures: 'months', size: 1 },
  year: { measures: 'months', size: 12 },
  years: { measures: 'months', size: 12 },
  cycle: { measures: 'cycles', size: 1 },
  cycles: { measures: 'cycles', size: 1 },
  B: { measures: 'data', size: 1 },
  KB: { measures: 'data', size: 1e3 },
  MB: { measures: 'data', size: 1e6 },
  GB: { measures: 'data', size: 1e9 },
  TB: { measures: 'data', size: 1e12 },
  KiB: { measures: 'data', size: 1024 },
  MiB: { measures: 'data', size: 1024 ** 2 },
  GiB: { measures: 'data', size: 1024 ** 3 },
  TiB: { measures: 'data', size: 1024 ** 4 },
  call: { measures: 'count', size: 1 },
  calls: { measures: 'count', size: 1 },
  message: { measures: 'count', size: 1 },
  messages: { measures: 'count', size: 1 },
  event: { measures: 'count', size: 1 },
  events: { measures: 'count', size: 1 },
  item: { measures: 'count', size: 1 },
  items: { measures: 'count', size: 1 },
} as const;

export type Unit = keyof typeof units;

export function isUnit(word: string): word is Unit {
  return Object.hasOwn(units, word);
}
