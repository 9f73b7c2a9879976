import type { ExceptionView } from '../api.ts';

export type Verdict = 'approve' | 'reject';

/** What the sources of usage owe us holds nothing back and takes nothing out: a person looks after it, and says so. */
export function isOnlyChecked(exception: Pick<ExceptionView, 'object'>): boolean {
  return exception.object === 'source';
}

/** What became of an exception, in a word; `open` as long as nobody has decided. */
export function outcomeOf(exception: Pick<ExceptionView, 'object' | 'state'>): string {
  return isOnlyChecked(exception) && exception.state === 'approved' ? 'checked' : exception.state;
}

/** What a verdict is called where it is given. */
export function verdictName(exception: Pick<ExceptionView, 'object'>, verdict: Verdict): string {
  if (verdict === 'reject') return 'Reject';
  return isOnlyChecked(exception) ? 'Mark as checked' : 'Approve';
}
