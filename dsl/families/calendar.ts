/** Calendars: named bands of hours and days, read as `time is offpeak`. */
import type { Calendar, CalendarBand } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { timeToBase } from '../check/quantities.ts';
import { checkZone } from '../check/zones.ts';
import type { Report } from '../diagnostic.ts';
import type { CompileOptions } from '../source.ts';
import type { BandNode, CalendarSentence } from '../syntax/sentences.ts';

/** Years for which holidays are written into a rule set. */
export const holidayYears = { first: 2024, last: 2030 } as const;

export function defineCalendar(placed: Placed<CalendarSentence>, book: Book, options: CompileOptions): void {
  const { sentence, report } = placed;
  const name = sentence.name.text;
  const zone = sentence.zone.text;
  const bands = sentence.bands.map((band) => lowerBand(band, placed));
  const named = zone === 'customer' || zone === 'plan' ? undefined : checkZone(sentence.zone, report);
  const calendar: Calendar = {
    name,
    zone: zone === 'customer' || zone === 'plan' ? { kind: zone } : { kind: 'named', zone: named ?? 'UTC' },
    bands: bands.filter((band): band is CalendarBand => band !== undefined),
    holidays: holidaysOf(sentence.bands, options, placed.report),
    at: placed.locate(sentence.span),
  };
  book.calendars.set(name, calendar);
  const fact = `time.${name}`;
  book.derivations.set(fact, {
    name: fact,
    type: { kind: 'boolean' },
    expression: { op: 'in calendar', calendar: name, at: 'at' },
  });
}

/** Without hours a band is the whole day. */
function lowerBand(band: BandNode, { report }: Placed): CalendarBand | undefined {
  const from = band.from ? timeToBase(band.from, report) : 0;
  const until = band.until ? timeToBase(band.until, report) : 0;
  if (from !== undefined && from === until && from !== 0 && band.until) {
    report(
      'empty-period',
      band.until.span,
      `this band begins and ends at ${band.until.text}`,
      'write another time, or leave the hours out for the whole day',
    );
    return undefined;
  }
  return from === undefined || until === undefined ? undefined : { days: band.days, from, until };
}

function holidaysOf(bands: readonly BandNode[], { holidays }: CompileOptions, report: Report): readonly string[] {
  const regions = bands.flatMap(({ region }) => region ?? []);
  const dates = new Set<string>();
  for (const region of regions) {
    let known = 0;
    for (let year = holidayYears.first; year <= holidayYears.last; year++) {
      for (const date of holidays?.(region.text, year) ?? []) {
        dates.add(date);
        known += 1;
      }
    }
    if (holidays && known === 0) {
      report(
        'unknown-value',
        region.span,
        `no holidays are known for \`${region.text}\``,
        'write the code of a country, or of a part of it: DE, DE-BY',
      );
    }
  }
  return [...dates].sort();
}
