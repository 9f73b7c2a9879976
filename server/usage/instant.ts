const instant = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** An ISO 8601 instant with offset in epoch milliseconds. NaN for a day that does not exist: `Date.parse` takes 30 February for 2 March. */
export function parseInstant(text: string): number {
  const [, year, month, day] = instant.exec(text) ?? [];
  if (year === undefined || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate())
    return Number.NaN;
  return Date.parse(text);
}
