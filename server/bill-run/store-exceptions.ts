import type { Knex } from 'knex';
import type { Exception } from '../../engine/model.ts';

export interface FoundException {
  readonly exception: Exception;
  readonly runId: string;
  readonly accountId?: string;
  readonly periodFrom?: string;
}

/** Of two exceptions of one account cycle that agree in this, the queue keeps the first. */
export function identity({ code, subject, rule }: Pick<Exception, 'code' | 'subject' | 'rule'>): string {
  return [code, subject, rule ?? ''].join(' ');
}

/**
 * Puts exceptions into the queue; one that was found before, by a step that was killed or (a gap of a source) by an
 * earlier run, is the same exception.
 */
export async function storeExceptions(trx: Knex.Transaction, found: readonly FoundException[]): Promise<void> {
  const rows = found.map(({ exception, runId, accountId, periodFrom }) => ({
    key: `${identity(exception)} ${exception.object === 'source' ? '' : (periodFrom ?? runId)}`,
    run_id: runId,
    account_id: accountId ?? null,
    period_from: periodFrom ?? null,
    code: exception.code,
    action: exception.action,
    severity: exception.severity,
    object: exception.object,
    subject: exception.subject,
    evidence: exception.evidence,
    figures: exception.figures ? JSON.stringify(exception.figures) : null,
    rule: exception.rule ?? null,
  }));
  for (let start = 0; start < rows.length; start += 500) {
    await trx('exception')
      .insert(rows.slice(start, start + 500))
      .onConflict('key')
      .ignore();
  }
}
