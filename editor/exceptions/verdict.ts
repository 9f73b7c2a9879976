import type { ExceptionView } from '../api.ts';

export type Verdict = 'approve' | 'reject';

/** What a source is only flagged for holds nothing back and takes nothing out: a person looks after it, and says so. */
export function isOnlyChecked(exception: Pick<ExceptionView, 'object' | 'action'>): boolean {
  return exception.object === 'source' && exception.action === 'flag';
}

/** What became of an exception, in a word; `open` as long as nobody has decided. */
export function outcomeOf(exception: Pick<ExceptionView, 'object' | 'action' | 'state'>): string {
  return isOnlyChecked(exception) && exception.state === 'approved' ? 'checked' : exception.state;
}

/** What a verdict is called where it is given. */
export function verdictName(exception: Pick<ExceptionView, 'object' | 'action'>, verdict: Verdict): string {
  if (verdict === 'reject') return 'Reject';
  return isOnlyChecked(exception) ? 'Mark as checked' : 'Approve';
}
