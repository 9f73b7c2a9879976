/** How days and amounts are written by people and other machines, over the API or at a command. */

/** Whether a text is a day that the calendar has, in a year of four digits: what is earlier neither the books nor a sum of days can hold. */
export function isDay(text: string): boolean {
  const [, year, month, day] = /^([1-9]\d{3})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Of an amount as text, not below zero. */
export const amountPattern = '^\\d{1,12}(\\.\\d{1,6})?$';
