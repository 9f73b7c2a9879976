/** A change of a subscription while somebody writes it. */
import type { BackdatedChange } from './backdated-api.ts';

export interface DraftChange {
  readonly kind: BackdatedChange['kind'];
  /** ISO texts, '' while nothing is chosen. */
  readonly day: string;
  readonly until: string;
  readonly plan: string;
}

export const noDraft: DraftChange = { kind: 'plan change', day: '', until: '', plan: '' };

export const kinds: readonly { readonly value: BackdatedChange['kind']; readonly text: string }[] = [
  { value: 'plan change', text: 'on another plan' },
  { value: 'pause', text: 'paused' },
  { value: 'cancellation', text: 'cancelled' },
  { value: 'activation', text: 'in service' },
  { value: 'plan change taken back', text: 'not changed to another plan' },
  { value: 'pause taken back', text: 'not paused' },
  { value: 'cancellation taken back', text: 'not cancelled' },
];

/** Undefined while something is missing. */
export function changeOf({ kind, day, until, plan }: DraftChange): BackdatedChange | undefined {
  if (kind === 'cancellation taken back') return { kind };
  if (day === '') return undefined;
  switch (kind) {
    case 'plan change':
      return plan.trim() === '' ? undefined : { kind, from: day, plan: plan.trim() };
    case 'pause':
      return until !== '' && until <= day ? undefined : { kind, from: day, ...(until !== '' && { until }) };
    case 'plan change taken back':
    case 'pause taken back':
      return { kind, from: day };
    case 'cancellation':
    case 'activation':
      return { kind, on: day };
  }
}

export function sayChange(change: BackdatedChange): string {
  return change.kind === 'plan change' ? `plan ${change.plan}` : change.kind;
}
