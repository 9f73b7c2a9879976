import type { Knex } from 'knex';

/**
 * How many invoices of a run were issued, and how many of them were corrected later: by a credit note, or by a line of a later invoice of the same
 * account that names them.
 */
export async function readAccuracy(
  db: Knex,
  runId: string,
): Promise<{ readonly issued: number; readonly corrected: number }> {
  const { rows } = await db.raw<{ rows: { issued: number; corrected: number }[] }>(
    `with issued as (select number, account_id, period_from from invoice where run_id = ?),
     corrected as (
       select n.corrects as number from credit_note n join issued i on i.number = n.corrects
       union
       select i.number from issued i join invoice later on later.account_id = i.account_id and later.number <> i.number and later.period_from >= i.period_from
       where jsonb_path_query_array(later.bill::jsonb, '$.lines[*].correction.invoice') @> to_jsonb(i.number))
     select (select count(*)::int from issued) as issued, (select count(*)::int from corrected) as corrected`,
    [runId],
  );
  return rows[0] ?? { issued: 0, corrected: 0 };
}

export interface DeliveryCounts {
  readonly due: number;
  readonly delivered: number;
  readonly bounced: number;
  readonly failed: number;
  readonly waiting: number;
}

/** The messages of a run; delivery success = delivered (not merely accepted) ÷ due. */
export async function readRunDelivery(db: Knex, runId: string): Promise<DeliveryCounts> {
  const { rows } = await db.raw<{ rows: DeliveryCounts[] }>(
    `select count(*)::int as due,
       (count(*) filter (where state in ('delivered', 'opened')))::int as delivered, (count(*) filter (where state = 'bounced'))::int as bounced,
       (count(*) filter (where state = 'failed'))::int as failed, (count(*) filter (where state in ('queued', 'attempting', 'sent')))::int as waiting
     from message where run_id = ? and state <> 'suppressed'`,
    [runId],
  );
  return rows[0] ?? { due: 0, delivered: 0, bounced: 0, failed: 0, waiting: 0 };
}

/** In percent with two decimals, rounded down, so that 99.999 % is not 100 %; of nothing everything is right. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '100.00';
  const hundredths = Math.floor((part * 10_000) / whole);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}
