import type { Knex } from 'knex';
import type { PassedThreshold } from '../../engine/interim-invoice.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { Company } from '../company.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import { type BilledTo, readBilledTo } from './billed-to.ts';
import { creditNoteDocumentOf, documentOf, type InvoiceDocument } from './invoice-document.ts';

/**
 * An invoice or a credit note by its number: no two documents share one.
 *
 * @param company whose document it is, if it does not say so itself: one from the predecessor system.
 * @throws Error when there is no document of this number.
 */
export async function readDocument(db: Knex, number: string, company: Company): Promise<InvoiceDocument> {
  const document =
    (await readInvoiceDocument(db, number, company)) ?? (await readCreditNoteDocument(db, number, company));
  if (!document) throw new Error(`There is no invoice and no credit note ${number}`);
  return document;
}

async function readInvoiceDocument(db: Knex, number: string, company: Company): Promise<InvoiceDocument | undefined> {
  const row = await db('invoice as i')
    .leftJoin('seller as s', 's.hash', 'i.seller')
    .where('i.number', number)
    .first('i.*', { sellerThen: 's.document' });
  if (!row) return undefined;
  return documentOf({
    number,
    customerId: row.customer_id,
    issuedOn: row.issued_on,
    dueOn: row.due_on,
    bill: { ...row.bill, from: row.period_from, until: row.interim > 0 ? row.bill.until : row.period_until },
    billedTo: row.billed_to ?? (await billedToday(db, row.account_id, number)),
    seller: row.sellerThen ?? company,
    rules: await rulesOf(db, row.rule_set),
    ...(row.interim > 0 && { passed: await readPassed(db, number) }),
  });
}

/** Why an invoice was issued before the end of its cycle. */
function readPassed(db: Knex, number: string): Promise<PassedThreshold[]> {
  return db('passed_threshold')
    .where({ invoice_number: number })
    .orderBy('subscription_id')
    .select({ subscriptionId: 'subscription_id', threshold: 'threshold' });
}

async function readCreditNoteDocument(
  db: Knex,
  number: string,
  company: Company,
): Promise<InvoiceDocument | undefined> {
  const row = await db('credit_note as n')
    .join('invoice as i', 'i.number', 'n.corrects')
    .leftJoin('seller as s', 's.hash', 'i.seller')
    .where('n.number', number)
    .first('n.*', 'i.billed_to', { invoicedOn: 'i.issued_on' }, { sellerThen: 's.document' });
  if (!row) return undefined;
  return creditNoteDocumentOf({
    number,
    customerId: row.customer_id,
    issuedOn: row.issued_on,
    note: row.note,
    invoicedOn: row.invoicedOn,
    billedTo: row.billed_to ?? (await billedToday(db, row.account_id, number)),
    seller: row.sellerThen ?? company,
    rules: await rulesOf(db, row.rule_set),
  });
}

/** Null for a document taken over from the predecessor system. */
async function rulesOf(db: Knex, hash: string | null): Promise<RuleSet | null> {
  return hash === null ? null : (await loadReleasedRuleSet(db, hash)).document;
}

async function billedToday(db: Knex, accountId: string, number: string): Promise<BilledTo> {
  const billedTo = (await readBilledTo(db, [accountId])).get(accountId);
  if (!billedTo) throw new Error(`The account ${accountId} of ${number} is not in the books`);
  return billedTo;
}
