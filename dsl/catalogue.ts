/**
 * Every diagnostic there is. `ERRORS.md` shows each with an example, its reason and its remedy; a test holds the two
 * together, in both directions.
 */
export const catalogue = {
  // What stands in the text
  'unexpected-character': error('a character that rules do not use'),
  'unclosed-text': error('a text without its closing quote'),
  'unknown-sentence': error('a line in column 0 that starts with none of the words that open a sentence'),
  'unexpected-word': error('a word where another is expected'),
  'too-deep': error('a condition or sum too long or too deep to be followed'),
  'and-or': error('`and` and `or` in one condition without parentheses'),
  unfinished: error('a line that ends too early'),
  'misplaced-clause': error('a clause that does not belong into this sentence'),
  'missing-clause': error('a sentence without a clause it needs'),
  'uneven-row': error('a row of a decision table with more or fewer cells than columns'),
  'repeated-clause': error('a clause that may stand only once'),

  // Names
  'unknown-fact': error('a fact that does not exist'),
  'unknown-value': error('a value that the fact never has'),
  'unknown-unit': error('a word after a number that is no unit'),
  'unknown-type': error('a type that does not exist'),
  'unknown-plan': error('a plan that no sentence describes'),
  'unknown-contract': error('a contract that no sentence describes'),
  'unknown-service': error('a service that is neither built in nor declared'),
  'unknown-fee': error('a fee that no plan has, or no step charges'),
  'unknown-line': error('a line that a test names and nothing puts on a bill'),
  'unknown-discount': error('a discount that no sentence describes'),
  'unknown-rule': error('a rule that a test names and no sentence describes'),
  'unknown-event': error('a business event that does not exist'),
  'unknown-message': error('a message without a folder'),
  'unknown-role': error('a role that is not declared'),
  'unknown-list': error('a list that is not declared'),
  'unknown-zone': error('a time zone that does not exist'),
  'unknown-file': error('a file that is not beside the rules'),
  'duplicate-name': error('one name for two things'),
  'duplicate-rule': error('two rules with one id'),

  // Types and units
  'not-a-condition': error('an amount where a condition is expected, or the reverse'),
  'wrong-type': error('a value of another type than the place wants'),
  'wrong-unit': error('a unit that does not measure this'),
  'mixed-currency': error('two currencies in one calculation'),
  'mixed-units': error('decimal and binary units of data in one sentence'),
  'not-linear': error('a product of two facts'),
  'too-fine': error('an amount finer than the smallest unit'),
  'too-large': error('an amount beyond what is counted exactly'),
  'crossed-bounds': error('a least amount above the greatest'),
  'not-positive': error('a quantity of nothing where there must be something'),
  'ambiguous-time': error('a local time that comes twice'),
  'ambiguous-month': error('a step of months that does not say what happens in a shorter month'),
  'impossible-date': error('a date or time that does not exist'),
  'may-be-missing': error('a fact that may be missing, without saying what happens then'),
  'out-of-scope': error('a fact that this kind of rule cannot know'),
  'not-known-yet': error('a fact that is worked out only later'),

  // What the rules say together
  'missing-otherwise': error('alternatives that leave something without an answer'),
  'open-tiers': error('tiers that leave some usage without a price'),
  'never-matches': error('a condition that no case fits'),
  'never-reached': error('an alternative that those above always take'),
  'offer-ends-early': error('a message that brings an offer along when there is none any more'),
  'never-due': error('a step of a reminder or dunning that nothing ever comes of'),
  'needless-otherwise': warning('an `otherwise` that no case is left for'),
  'rules-overlap': error('two alternatives that fit one case'),
  'overlap-unclear': warning('two alternatives that nothing proves to exclude each other'),
  'discounts-unordered': error('two discounts on one base without a relation'),
  'discount-circle': error('discounts that wait for each other'),
  'plan-circle': error('plans that are like each other'),
  'versions-overlap': error('two versions of a plan or rule in force on one day'),
  'contracts-overlap': error('two contracts of one customer on one plan on one day'),
  'uneven-term': error('a commitment whose periods do not fill the contract'),
  'empty-period': error('a period that ends before it begins'),
  'broken-table': error('a table that cannot be read as one'),
  'not-a-survey': error('a message sent as a survey that asks nothing, or a survey sent as a message'),
  'broken-message': error('a message folder that cannot be read as one'),
  'missing-instant': error('usage in a test without a time'),
  'unmatched-key': warning('a row of a table whose key nothing looked up ever is'),
  'unused-table': warning('a table that no rule reads'),
  'unused-calendar': warning('a calendar that no rule reads'),
  'unused-fact': warning('a declared fact that no rule reads'),
  'unused-message': warning('a message that no rule sends'),
  'untranslated-title': warning('a title of invoices that a language has no words for'),
  'unused-translation': warning('a translation of a title that no rule has'),
} as const;

export type Code = keyof typeof catalogue;

interface Entry {
  readonly severity: 'error' | 'warning';
  /** What it is, in half a sentence. */
  readonly fault: string;
}

function error(fault: string): Entry {
  return { severity: 'error', fault };
}

function warning(fault: string): Entry {
  return { severity: 'warning', fault };
}
