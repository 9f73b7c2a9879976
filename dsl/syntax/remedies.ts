/** What to do about a word or a character that cannot stand where it stands: the slips that people make first. */
import { type IToken, tokenMatcher } from 'chevrotain';
import { isCurrency } from '../check/currencies.ts';
import { nearest } from '../check/nearest.ts';
import { clauseWords, innerWords, units } from './keywords.ts';
import { Comma, Minus, Name, NumberLiteral, Plus, RightParen } from './tokens.ts';

/** What to write instead of characters that rules do not use. */
export function characterRemedy(found: string, before: string, after: string): string {
  if (/^[€$£¥]/.test(found)) return 'write the code of the currency after the amount: 12.00 EUR';
  if (/^['‘’“”„‚«»`´]/.test(found)) return 'write texts in straight double quotes: "…"';
  if (/^\/\//.test(found)) return 'begin a comment with `#`';
  if (/^(!=|<>|≠)/.test(found)) return 'write `is not`';
  if (/^=/.test(found)) return 'write `is` to compare';
  if (/^[≥≤]/.test(found)) return `write \`${found.startsWith('≥') ? '>=' : '<='}\``;
  if (/^[–—−]/.test(found)) return 'write a plain minus: -';
  if (/^\//.test(found) && /\d$/.test(before)) return 'write dates as 2026-01-31';
  if (/^\//.test(found) && /[a-z]$/.test(before) && /^[A-Za-z]/.test(after))
    return 'write a time zone as Area/City, with capitals: Europe/Berlin';
  if (/^\//.test(found) && /[A-Z]{3}$/.test(before)) return 'write `per`: 0.05 EUR per min';
  if (/^[/÷]/.test(found)) return 'nothing is divided here: multiply by a fraction, `0.5 *`';
  if (/^\./.test(found) && /\d$/.test(before)) return 'write dates as 2026-01-31';
  if (/^:/.test(found) && /\d$/.test(before) && /^\d/.test(after)) return 'write times with two digits each: 09:05';
  if (/^[\s\u200b-\u200d\u2060\u00ad\0]/.test(found)) return 'it cannot be seen: delete it, and write a plain blank';
  if (/^[[\]{}]/.test(found)) return 'write round brackets: ( )';
  if (/\p{L}/u.test(found)) return 'names have the letters a to z, digits and `_`; put anything else in quotes';
  return 'remove it, or put it in quotes if it belongs to a text';
}

/** Characters as a message shows them; those that cannot be seen by their number. */
export function visible(text: string): string {
  return [...text]
    .map((one) =>
      /[\p{L}\p{N}\p{P}\p{S}]/u.test(one) ? one : `U+${one.codePointAt(0)?.toString(16).padStart(4, '0')}`,
    )
    .join('');
}

/** For a name that stands where a unit should. */
export function unitRemedy(word: string): string {
  const meant = foreignUnits[word.toLowerCase()] ?? nearest(word, Object.keys(units));
  if (/^[a-z]{3}$/.test(word) && isCurrency(word.toUpperCase()))
    return `write currencies in capitals: \`${word.toUpperCase()}\``;
  if (/^[ap]m$/i.test(word)) return 'write times with the hours of the day: 20:00';
  if (meant) return `did you mean \`${meant}\`?`;
  return `units are ${Object.keys(units).join(', ')}; a currency has three capital letters`;
}

/** For a token that cannot follow `before`; `expected` are the labels of what could. */
export function wordRemedy(token: IToken, before: IToken | undefined, expected: readonly string[]): string {
  const { image } = token;
  const plainWord = tokenMatcher(token, Name);
  const isKeyword = /^'/.test(token.tokenType.name);
  const wanted = expected.length > 0 && expected.length <= 8 ? `expected ${listed(expected)}` : undefined;
  if (isKeyword && before && /^(is|not|or)$/.test(before.image))
    return `it is also a word of the language: write "${image}" in quotes`;
  if (isKeyword && expected.includes('a name') && expected.length === 1)
    return 'it is a word of the language: choose another name';
  if (plainWord && Object.hasOwn(foreignWords, image)) return foreignWords[image] ?? '';
  if (tokenMatcher(token, Comma) && before && tokenMatcher(before, NumberLiteral))
    return 'write decimals with a point and nothing between thousands: 1200.50';
  if (tokenMatcher(token, RightParen)) return 'no `(` stands before it: remove it, or add the `(`';
  if (tokenMatcher(token, Minus) && before && tokenMatcher(before, Name))
    return 'names have `_` instead of `-`: half_price';
  if (tokenMatcher(token, Plus) && before?.image.startsWith('starts'))
    return 'write the beginning of a number in quotes: "+49"';
  if (tokenMatcher(token, Minus) && expected.includes('a number'))
    return 'amounts have no sign: write what is taken off as a discount, and compare differences as `a - b`';
  if (tokenMatcher(token, NumberLiteral) && expected.includes('a name')) return 'names begin with a letter';
  const meant = expected.length > 0 ? expected.map((label) => label.replace(/`/g, '')) : anyWord;
  const guess = nearest(image, meant);
  if (guess && guess !== image && (plainWord || isKeyword)) return `did you mean \`${guess}\`?`;
  if (plainWord && before && tokenMatcher(before, Comma))
    return `${wanted ? `${wanted}; ` : ''}names are listed with \`or\` or \`and\``;
  if (plainWord && before && tokenMatcher(before, Name) && wanted === undefined)
    return 'put a title or text in quotes, or begin a new line with a word that opens a clause';
  return wanted ?? 'remove it, or begin a new line with a word that opens a clause';
}

export function listed(labels: readonly string[]): string {
  return labels.length === 1 ? labels.join('') : `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}`;
}

const anyWord = [...Object.keys(clauseWords), ...innerWords];

/** Words that other languages, or plain English, use for what has a word here. */
const foreignWords: Readonly<Record<string, string>> = {
  than: 'compare amounts with `>`, `>=`, `<` or `<=`',
  more: 'compare amounts with `>` or `>=`',
  less: 'compare amounts with `<` or `<=`',
  equals: 'write `is`',
  contains: 'write `include` for a list, `mentions` for a text',
  if: 'write `when`',
  but: 'write `unless` on a line of its own',
};

const foreignUnits: Readonly<Record<string, string>> = {
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  mins: 'min',
  minute: 'min',
  minutes: 'min',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  byte: 'B',
  bytes: 'B',
  kilobyte: 'KB',
  kilobytes: 'KB',
  megabyte: 'MB',
  megabytes: 'MB',
  gigabyte: 'GB',
  gigabytes: 'GB',
  sms: 'messages',
  texts: 'messages',
  minuten: 'min',
  stunden: 'h',
  tage: 'days',
};
