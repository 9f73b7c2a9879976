import type { Knex } from 'knex';

/** Somebody cannot be told what they must be told: that is for a person to settle. One exception per message. */
export async function raiseUndeliverable(trx: Knex, messageKey: string, reason: string): Promise<void> {
  await trx.raw(
    `
    insert into exception (key, run_id, account_id, code, action, severity, object, subject, evidence, rule)
    select 'undeliverable ' || m.key, m.run_id, i.account_id, 'undeliverable', 'flag', 'medium', 'account',
           coalesce(i.account_id, m.customer_id, m.recipient),
           'Message "' || m.template || '"' || coalesce(' to ' || nullif(m.recipient, ''), '') || ': ' || ?, m.rule
    from message m left join invoice i on i.number = m.invoice_number where m.key = ?
    on conflict (key) do nothing`,
    [reason, messageKey],
  );
}
