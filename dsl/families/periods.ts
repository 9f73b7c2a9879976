/** Days from which and until which something is in force. */
import { DateTime } from 'luxon';
import { dateToBase, expectPositive } from '../check/quantities.ts';
import type { Report } from '../diagnostic.ts';
import type { DatesClause } from '../syntax/clauses.ts';
import type { ContractSentence, PlanSentence } from '../syntax/sentences.ts';
import type { LockClause } from '../syntax/term-clauses.ts';
import type { Literal, Quantity } from '../syntax/tree.ts';
import { clauseOf } from './shapes.ts';

/** Half-open. */
export interface Days {
  readonly from?: Literal;
  readonly until?: Literal;
}

/** What `from … until` or `from … for 24 months` says. Undefined if something has been reported. */
export function periodOf(dates: DatesClause | undefined, report: Report): Days | undefined {
  const { from, until, term, lock } = dates ?? {};
  const ofTerm = from && term && endOfTerm(from, term, report);
  if (term && !ofTerm) return undefined;
  // Both are there where a later version ends this one.
  const end = ofTerm && until && until.text < ofTerm.text ? until : (ofTerm ?? until);
  const days = { ...(from && { from }), ...(end && { until: end }) };
  if (!checkPeriod(days, report)) return undefined;
  return lock?.until && dateToBase(lock.until, report) === undefined ? undefined : days;
}

/** Whether a half-open period of days is one; reports otherwise. */
export function checkPeriod(period: { readonly from?: Literal; readonly until?: Literal }, report: Report): boolean {
  const from = period.from && dateToBase(period.from, report);
  const until = period.until && dateToBase(period.until, report);
  if ((period.from && from === undefined) || (period.until && until === undefined)) return false;
  if (from === undefined || until === undefined || from < until || !period.until) return true;
  report(
    'empty-period',
    period.until.span,
    `this period ends on ${period.until.text}, before it begins`,
    'the last day is not part of the period: write a later one',
  );
  return false;
}

/** The first day on which a version of a plan, or a contract, is in force. */
export function firstDayOf({ clauses }: PlanSentence | ContractSentence): string | undefined {
  return (clauseOf(clauses, 'dates')?.from ?? clauseOf(clauses, 'subscriptions from')?.from)?.text;
}

/** `price locked`, behind the days or on a line of its own. */
export function lockOf({ clauses }: PlanSentence | ContractSentence): Omit<LockClause, 'kind'> | undefined {
  return clauseOf(clauses, 'lock') ?? clauseOf(clauses, 'dates')?.lock;
}

/** The same day some months later, if there is one: 31 August plus six months is no day. */
export function monthsLater(from: string, months: number): string | undefined {
  const day = DateTime.fromISO(from, { zone: 'utc' }).plus({ months }).toISODate();
  return day?.slice(8) === from.slice(8) ? day : undefined;
}

function endOfTerm(from: Literal, term: Quantity, report: Report): Literal | undefined {
  const months = expectPositive(term, 'months', 'a term', report);
  if (months === undefined || dateToBase(from, report) === undefined) return undefined;
  const end = monthsLater(from.text, months);
  if (end !== undefined) return { kind: 'date', text: end, span: term.span };
  report(
    'impossible-date',
    term.span,
    `${months} months after ${from.text} there is no such day`,
    'write the end instead: `until` with the first day on which it is no longer in force',
  );
  return undefined;
}
