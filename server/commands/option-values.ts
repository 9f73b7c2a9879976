/** What options take, read in one place: commander names the option and ends with 2 if a value is none of its kind. */
import { InvalidArgumentError } from 'commander';
import { amountPattern, isDay } from '../outside-values.ts';

/** @throws InvalidArgumentError, as all of these do. */
export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export function oneOrMore(text: string): number {
  const number = whole(text);
  if (number === 0) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}

export function port(text: string): number {
  const number = whole(text);
  if (number > 65_535) throw new InvalidArgumentError('A port is at most 65535.');
  return number;
}

/** An ISO date that the calendar has. */
export function day(text: string): string {
  if (!isDay(text)) throw new InvalidArgumentError('It must be a day like 2026-06-16.');
  return text;
}

/** A decimal text of money, in the currency of what it is for. */
export function amount(text: string): string {
  if (!new RegExp(amountPattern).test(text)) throw new InvalidArgumentError('It must be an amount like 12.50.');
  return text;
}

/** Who says something, or why: blanks say nothing. */
export function words(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must be more than blanks.');
  return text;
}
