import type { RemindRule } from './remind-rules.ts';
import type { SubjectScope } from './subjects.ts';

/** Where the books find the subjects of a rule by their dates: SQL with the parameter `:fact`. */
export interface DatedSubjects {
  readonly from: string;
  readonly id: string;
  readonly date: string;
  /** Whom steps can concern at all. */
  readonly where: string;
}

/** A date that analysts declared stands with the customer, in days since 1970. */
const declared = `case when jsonb_typeof(c.facts -> :fact) = 'number' then date '1970-01-01' + (c.facts ->> :fact)::int end`;

const dates: Readonly<Record<string, string>> = {
  'subscription.renews_on': 's.renews_on',
  'subscription.accepted_on': 's.accepted_on',
  'subscription.activated_on': 's.activated_on',
  'order.placed_on': '(o.placed_at at time zone c.zone)::date',
  'order.due_on': 'o.due_on',
  'invoice.due_on': 'i.due_on',
};

const tables: Readonly<Record<SubjectScope, Omit<DatedSubjects, 'date'>>> = {
  subscription: {
    from: 'subscription s join billing_account a using (account_id) join customer c using (customer_id)',
    id: 's.subscription_id',
    where: 's.cancelled_on is null',
  },
  order: { from: 'customer_order o join customer c using (customer_id)', id: 'o.order_id', where: 'true' },
  invoice: { from: 'invoice i join customer c using (customer_id)', id: 'i.number', where: 'true' },
  customer: { from: 'customer c', id: 'c.customer_id', where: 'true' },
};

/** An invoice of which nothing is open has nothing to be dunned for, whatever the rule says. */
const openInvoices = `(select o.open from open_invoice o where o.number = i.number) > 0`;

export function datedSubjects({ scope, outcome }: RemindRule): DatedSubjects {
  const table = tables[scope];
  return {
    ...table,
    date: dates[outcome.date] ?? declared,
    where: outcome.kind === 'dunning' ? `${table.where} and ${openInvoices}` : table.where,
  };
}
