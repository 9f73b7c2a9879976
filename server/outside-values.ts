/** How days and amounts are written by people and other machines, over the API or at a command. */

import { isDate } from '../dsl/check/quantities.ts';

/** Whether a text is a day that the calendar has, in a year of four digits: what is earlier neither the books nor a sum of days can hold. */
export function isDay(text: string): boolean {
  return isDate(text) && !text.startsWith('0');
}

/** Of an amount as text, not below zero. */
export const amountPattern = '^\\d{1,12}(\\.\\d{1,6})?$';
