import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

/**
 * The canonical books: everything that must be the same after the same month, whatever was killed and started again on
 * the way. No surrogate ids and no wall-clock times: those tell how it was done, not what was done.
 */
export interface Books {
  readonly usage: readonly unknown[];
  readonly files: readonly unknown[];
  readonly quarantine: readonly unknown[];
  readonly runs: readonly unknown[];
  readonly accountCycles: readonly unknown[];
  readonly invoices: readonly unknown[];
  readonly thresholds: readonly unknown[];
  readonly usageCorrections: readonly unknown[];
  readonly lateUsage: readonly unknown[];
  readonly backdatedChanges: readonly unknown[];
  readonly corrections: readonly unknown[];
  readonly creditNotes: readonly unknown[];
  readonly payments: readonly unknown[];
  readonly allocations: readonly unknown[];
  readonly returns: readonly unknown[];
  readonly assignments: readonly unknown[];
  readonly statements: readonly unknown[];
  readonly ledger: readonly unknown[];
  readonly balances: readonly unknown[];
  readonly credits: readonly unknown[];
  readonly releasedCredits: readonly unknown[];
  readonly topUps: readonly unknown[];
  readonly creditUses: readonly unknown[];
  readonly commitments: readonly unknown[];
  readonly history: readonly unknown[];
  readonly advantages: readonly unknown[];
  readonly exceptions: readonly unknown[];
  readonly messages: readonly unknown[];
  readonly vouchers: readonly unknown[];
  readonly redemptions: readonly unknown[];
  readonly reminders: readonly unknown[];
  readonly escalations: readonly unknown[];
  readonly fees: readonly unknown[];
  readonly disputes: readonly unknown[];
  readonly surveys: readonly unknown[];
  readonly events: readonly unknown[];
  readonly numbers: readonly unknown[];
}

/** One query a section. Rows are sorted as text when they are printed: a server's collation must not change the bytes. */
const sections: Readonly<Record<keyof Books, string>> = {
  // A hash per account stands for its usage: the records themselves would be most of the document.
  usage: `select account_id, count(*)::int as events, encode(sha256(convert_to(string_agg(
            concat_ws(',', source, record_id, sequence, subscription_id, msisdn, service, start_at, duration_ms, bytes, messages, direction, called_number, calling_number, visited_network, session, part_number, is_last_part, closing_cause, change, value, value_currency, imsi, roaming_partner, record_type, attributes),
            E'\\n' order by source collate "C", record_id collate "C"), 'UTF8')), 'hex') as sha256
          from usage_event group by 1`,
  files: `select source, sequence, name, sha256, announced, lines_read, accepted, duplicate, quarantined, late from usage_file`,
  quarantine: `select f.name as file, f.sha256, q.line_number, q.reason, q.detail, q.raw, q.state, q.corrected, q.decided_by, q.why from quarantined_record q join usage_file f using (file_id)`,
  runs: `select run_id, closes_from, closes_until, rule_set, step, issued_on, error from bill_run`,
  accountCycles: `select account_id, period_from, period_until, run_id, state, invoice_number, rated, bill from account_cycle`,
  invoices: `select number, legal_entity, account_id, run_id, period_from, period_until, interim, issued_on, due_on, currency, net, tax, total, bill, rule_set from invoice`,
  thresholds: `select subscription_id, period_from, threshold, invoice_number from passed_threshold`,
  usageCorrections: `select correction_id, source, record_id, replacement, reason, requested_by from usage_correction`,
  lateUsage: `select source, record_id, account_id, period_from, is_billed from late_usage`,
  backdatedChanges: `select subscription_id, number, from_day, change, known_on, requested_by, reason, found_by, settled_on from backdated_change`,
  corrections: `select account_id, period_from, number, invoice_number, found_by, reason, request, rule_set, before, after, exceptions, credit_notes, note_numbers, charges, charged_on, issued_on from correction`,
  creditNotes: `select number, legal_entity, account_id, run_id, corrects, issued_on, currency, net, tax, total, note, rule_set from credit_note`,
  payments: `select payment_id, account_id, invoice_number, received_on, amount, currency, method, provider, payer_name, payer_iban, reference, remittance, matched_by, because from payment`,
  allocations: `select kind, document, invoice_number, place, amount, allocated_on, because from allocation`,
  returns: `select return_id, payment_id, kind, amount, bank_charge, returned_on, reason from payment_return`,
  assignments: `select payment_id, place, account_id, invoice_number, assigned_on, assigned_by, reason from payment_assignment`,
  statements: `select iban, statement_id, sha256, currency, opens_on, closes_on, opening, closing, entries, ignored from bank_statement`,
  ledger: `select entry, posted_on, currency, jsonb_agg(jsonb_build_array(ledger, account_id, invoice_number, detail, amount) order by place) as postings
           from journal_entry left join posting using (entry) group by 1, 2, 3`,
  balances: `select subscription_id, allowance, granted_on, remaining, expires_on, known_from from allowance_balance`,
  credits: `select subscription_id, tax_category, tax_percent, amount, known_from from credit_balance`,
  releasedCredits: `select pay_out, account_id, known_from, tax_category, tax_percent, number, subscription_id, currency, amount, tax, released_on, reason from released_credit`,
  topUps: `select credit, account_id, kind, amount, currency, method, received_at, expires_at, reason from top_up`,
  creditUses: `select credit, account_id, period_from, correction, invoice_number, amount from credit_use`,
  commitments: `select account_id, commitment, period_from, period_until, charged from commitment_charge`,
  history: `select subscription_id, period_from, period_until, usage, events, charges from past_cycle`,
  advantages: `select invoice_number, rule, customer_id, year, amount from told_advantage`,
  exceptions: `select key, code, action, severity, object, subject, evidence, rule, state, reason from exception`,
  messages: `select key, purpose, template, rule, channel, customer_id, recipient, language, data - 'voucher' - 'survey' #- '{offer,code}' as data, invoice_number, state, smtp_message_id from message`,
  // Codes are drawn at random, so that nobody can guess them: the promise is in the books, not the code.
  vouchers: `select key, rule, customer_id, order_id, take, off, uses_allowed, uses from voucher`,
  redemptions: `select v.key, r.order_id from redemption r join voucher v using (code)`,
  reminders: `select key, rule, scope, subject_id, step, for_date, state, reason from reminder`,
  escalations: `select key, rule, event, message, recipients, scope, subject_id, state, reason from escalation`,
  fees: `select key, account_id, title, amount, currency, fiscal_category, charged_on, rule, how, invoice_number from one_off_fee`,
  disputes: `select invoice_number, reason, settled_at is not null as settled from invoice_dispute`,
  surveys: `select key, message, rule, subscription_id, language, reason, comment, kept from survey`,
  events: `select source, event_id, type, subject, data from business_event`,
  numbers: `select kind, legal_entity, year, last from number_sequence`,
};

/** Reads the books in one snapshot, as canonical JSON text: one row a line, keys sorted. */
export async function* readBooks(db: Knex): AsyncGenerator<string> {
  const trx = await db.transaction({ isolationLevel: 'repeatable read', readOnly: true });
  // One that has not begun is said to have ended; why, only its promise knows.
  if (trx.isCompleted()) await trx.executionPromise;
  try {
    let first = true;
    yield '{';
    for (const [name, sql] of Object.entries(sections)) {
      yield `${first ? '' : ','}\n"${name}": [`;
      first = false;
      const { rows } = await trx.raw(sql);
      const lines = rows.map(canonicalJson).sort();
      for (const [index, line] of lines.entries()) yield `${index === 0 ? '' : ','}\n${line}`;
      yield '\n]';
    }
    yield '\n}\n';
  } finally {
    await trx.rollback();
  }
}

/** SHA-256 of the books: two runs of the same month agree if and only if these agree. */
export async function hashBooks(db: Knex): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of readBooks(db)) hash.update(part);
  return hash.digest('hex');
}

/** Keys sorted, nothing between: equal data gives equal bytes, whatever order the database keeps keys in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(',')}}`;
}
