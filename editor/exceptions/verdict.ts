import type { ExceptionView } from '../api.ts';

export type Verdict = 'approve' | 're-rate' | 'reject';

/** What a source is only flagged for holds nothing back and takes nothing out: a person looks after it, and says so. */
export function isOnlyChecked(exception: Pick<ExceptionView, 'object' | 'action'>): boolean {
  return exception.object === 'source' && exception.action === 'flag';
}

/** A bill that is held can be rated again, once what holds it has been mended. */
export function canBeRatedAgain(exception: Pick<ExceptionView, 'action' | 'draft'>): boolean {
  return exception.action === 'hold' && exception.draft !== undefined;
}

/** What became of an exception, in a word; `open` as long as nobody has decided. */
export function outcomeOf(exception: Pick<ExceptionView, 'object' | 'action' | 'state'>): string {
  if (exception.state === 're-rated') return 'rated again';
  return isOnlyChecked(exception) && exception.state === 'approved' ? 'checked' : exception.state;
}

/** What a verdict is called where it is given. */
export function verdictName(exception: Pick<ExceptionView, 'object' | 'action'>, verdict: Verdict): string {
  if (verdict === 'reject') return 'Reject';
  if (verdict === 're-rate') return 'Rate again';
  return isOnlyChecked(exception) ? 'Mark as checked' : 'Approve';
}
