import type { Knex } from 'knex';

/**
 * How many invoices of a run were issued, and how many of them were corrected later: by a credit note, or by what a later invoice charges for them.
 */
export async function readAccuracy(
  db: Knex,
  runId: string,
): Promise<{ readonly issued: number; readonly corrected: number }> {
  const { rows } = await db.raw<{ rows: { issued: number; corrected: number }[] }>(
    `select count(*)::int as issued, (count(*) filter (where
       exists (select from credit_note n where n.corrects = i.number)
       or exists (select from correction c where c.invoice_number = i.number and c.issued_on is not null
                    and (cardinality(c.note_numbers) > 0 or jsonb_array_length(c.charges) > 0))))::int as corrected
     from invoice i where i.run_id = ?`,
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
