/** What an evaluation keeps of its way to the bill. */
import type { Decision } from './model.ts';

/**
 * `everything`: each decision and each portion of usage, for whoever explains or checks the bill. `results`: neither, for whoever
 * makes bills by the thousand and would hold and store what nobody reads; of the time it saves little. The bill is the same.
 */
export type Recording = 'everything' | 'results';

/** Where decisions are recorded. */
export function openRecord(recording: Recording): Decision[] {
  return recording === 'everything' ? [] : nothing;
}

/** Whether anybody will read what is recorded there. */
export function isKept(record: readonly Decision[]): boolean {
  return record !== nothing;
}

/** Takes all and keeps none. */
const nothing: Decision[] = Object.assign([], { push: () => 0 });
