import type { Knex } from 'knex';
import { planTodaySql } from '../accounts/subscription-changes.ts';

/** Whom an invoice is for and how it is paid, as it was when the invoice was issued. */
export interface BilledTo {
  readonly name: string;
  readonly category: 'consumer' | 'business';
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  /** ISO 3166 alpha-2. */
  readonly country: string;
  readonly taxCountry: string;
  readonly vatId?: string;
  readonly email?: string;
  readonly language: string;
  readonly payment: Payment;
  /** By id; the number is E.164. */
  readonly subscriptions: Readonly<Record<string, { readonly number: string; readonly plan: string }>>;
}

/** How what is due comes in. Mandate and card are absent where the books do not know them. */
export type Payment =
  | { readonly kind: 'transfer' }
  | { readonly kind: 'direct debit'; readonly mandate?: string; readonly iban?: string }
  | { readonly kind: 'card'; readonly network?: string; readonly lastDigits?: string };

interface Row {
  readonly account_id: string;
  readonly name: string;
  readonly category: 'consumer' | 'business';
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly country: string;
  readonly tax_country: string;
  readonly vat_id: string | null;
  readonly email: string | null;
  readonly language: string;
  readonly kind: 'direct debit' | 'card' | null;
  readonly mandate: string | null;
  readonly iban: string | null;
  readonly card_network: string | null;
  readonly card_last_digits: string | null;
  readonly lines:
    | readonly { readonly id: string; readonly number: string; readonly plan: string; readonly payment: string }[]
    | null;
}

/** What the books say today of whom the accounts' invoices are for; by account. */
export async function readBilledTo(db: Knex, accountIds: readonly string[]): Promise<ReadonlyMap<string, BilledTo>> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `
    select a.account_id, c.name, c.category, c.street, c.postcode, c.city, c.country, c.tax_country, c.vat_id, c.email, c.language,
      p.kind, p.mandate, p.iban, p.card_network, p.card_last_digits, s.lines
    from billing_account a join customer c using (customer_id) left join payment_instrument p using (account_id)
    left join lateral (
      select json_agg(json_build_object('id', subscription_id, 'number', msisdn, 'plan', ${planTodaySql('a.zone')}, 'payment', payment)
        order by subscription_id) as lines
      from subscription s where s.account_id = a.account_id) s on true
    where a.account_id = any (?)`,
    [[...accountIds]],
  );
  return new Map(rows.map((row) => [row.account_id, toBilledTo(row)]));
}

function toBilledTo(row: Row): BilledTo {
  const lines = row.lines ?? [];
  return {
    name: row.name,
    category: row.category,
    street: row.street,
    postcode: row.postcode,
    city: row.city,
    country: row.country,
    taxCountry: row.tax_country,
    ...(row.vat_id !== null && row.vat_id !== '' && { vatId: row.vat_id }),
    ...(row.email !== null && row.email !== '' && { email: row.email }),
    language: row.language,
    payment: paymentOf(row, lines),
    subscriptions: Object.fromEntries(lines.map(({ id, number, plan }) => [id, { number, plan }])),
  };
}

/** An invoice is paid in one way. Where lines of the account would pay in different ones, it asks for a transfer. */
function paymentOf(row: Row, lines: NonNullable<Row['lines']>): Payment {
  const ways = new Set(lines.map(({ payment }) => payment));
  const [way] = ways;
  if (ways.size !== 1 || way === undefined || way === 'manual') return { kind: 'transfer' };
  const known = row.kind === way;
  if (way === 'card')
    return {
      kind: 'card',
      ...(known && row.card_network !== null && { network: row.card_network }),
      ...(known && row.card_last_digits !== null && { lastDigits: row.card_last_digits }),
    };
  return {
    kind: 'direct debit',
    ...(known && row.mandate !== null && { mandate: row.mandate }),
    ...(known && row.iban !== null && { iban: row.iban }),
  };
}
