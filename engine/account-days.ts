/**
 * Days of an account: when each begins, in the zone that the account is in then.
 *
 * A day begins once, by the zone in force on it. So the days of an account follow each other without gap or overlap also where it
 * moves: the last day before a move west is longer, before a move east shorter, and none is negative.
 */
import type { AccountTimes } from './billing-account.ts';
import type { EpochMs, LocalDate } from './model.ts';
import { addDays, dayNumber, localDayNumber, startOfDay } from './period.ts';

type Zones = Pick<AccountTimes, 'zone' | 'changes'>;

export function zoneOn({ zone, changes }: Zones, date: LocalDate): string {
  return changes?.findLast((change) => change.zone !== undefined && change.from <= date)?.zone ?? zone;
}

/** The first instant of a day of the account. */
export function startOfAccountDay(account: Zones, date: LocalDate): EpochMs {
  const start = startOfDay(date, zoneOn(account, date));
  const moves = account.changes?.some((change) => change.zone !== undefined && change.from === date);
  // Across the date line the new zone can be a whole day ahead: the day before is then over when it begins.
  return moves ? Math.max(start, startOfAccountDay(account, addDays(date, -1))) : start;
}

export function zoneAt(account: Zones, at: EpochMs): string {
  const { zone, changes } = account;
  if (!changes) return zone;
  return (
    changes.findLast((change) => change.zone !== undefined && startOfAccountDay(account, change.from) <= at)?.zone ??
    zone
  );
}

/** Days since 1970-01-01 on the account's own calendar. */
export function accountDayNumber(account: Zones, at: EpochMs): number {
  const number = localDayNumber(at, zoneAt(account, at));
  const next = account.changes?.find(
    (change) => change.zone !== undefined && startOfAccountDay(account, change.from) > at,
  );
  return next ? Math.min(number, dayNumber(next.from) - 1) : number;
}

/** The account's own day at an instant. */
export function accountDate(account: Zones, at: EpochMs): LocalDate {
  return addDays('1970-01-01', accountDayNumber(account, at));
}

/** The zones that an account is in between two instants, one after the other. */
export function zonesBetween(
  account: Zones,
  from: EpochMs,
  until: EpochMs,
): readonly { readonly zone: string; readonly from: EpochMs; readonly until: EpochMs }[] {
  const moves = (account.changes ?? [])
    .filter((change) => change.zone !== undefined)
    .map((change) => startOfAccountDay(account, change.from))
    .filter((at) => from < at && at < until);
  const starts = [from, ...moves];
  return starts.map((at, index) => ({ zone: zoneAt(account, at), from: at, until: starts[index + 1] ?? until }));
}
