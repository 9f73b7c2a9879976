import { isOutage } from '../database/outage.ts';

/**
 * What went wrong with one of many that are due, in one line; the others go on.
 *
 * @throws the error if the database is away: that says nothing about this one, and the others cannot go on either.
 */
export function failureOf(subject: string, error: unknown): string {
  if (isOutage(error)) throw error;
  return `${subject}: ${error instanceof Error ? error.message : String(error)}`;
}
