import DateHolidays from 'date-holidays';

/**
 * Public holidays of a region and year as sorted ISO dates: `DE`, `DE-BY`, `ES-MD`. Empty for a region that is not
 * known. Observances that are no days off do not count.
 */
export function holidaysOf(region: string, year: number): readonly string[] {
  const key = `${region} ${year}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const days = lookUp(region, year);
  cache.set(key, days);
  return days;
}

/** Holidays of the years before, of and after: what surrounds a day near the turn of a year. */
export function holidaysAround(region: string, year: number): readonly string[] {
  return [year - 1, year, year + 1].flatMap((one) => holidaysOf(region, one));
}

/** Working them out takes milliseconds and the compiler asks for the same ones again at every key pressed. */
const cache = new Map<string, readonly string[]>();

function lookUp(region: string, year: number): readonly string[] {
  const [country = '', state] = region.split('-');
  const source = state === undefined ? new Holidays(country) : new Holidays(country, state);
  const days = (source.getHolidays(year) ?? [])
    .filter((day) => day.type === 'public')
    .map((day) => day.date.slice(0, 10));
  return [...new Set(days)].sort();
}

/** The package is CommonJS: where its types and its run-time export disagree depends on who resolves it. */
const Holidays = ((DateHolidays as unknown as { default?: unknown }).default ??
  DateHolidays) as unknown as HolidaysConstructor;

interface HolidaysConstructor {
  new (
    country: string,
    state?: string,
  ): { getHolidays(year: number): readonly { date: string; type: string }[] | undefined };
}
