import type { Knex } from 'knex';
import type { EpochMs } from '../../../engine/model.ts';
import { allOf, cursorOf, type Page, type PageQuery, pageOf, rowsWanted, when } from '../paging.ts';

export interface VoucherView {
  readonly code: string;
  readonly rule: string;
  readonly customerId: string | null;
  readonly orderId: string | null;
  readonly take: unknown;
  readonly off: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly usesAllowed: number;
  readonly uses: number;
}

/** Vouchers, latest first. */
export async function listVouchers(
  db: Knex,
  query: PageQuery & { readonly customerId?: string },
): Promise<Page<VoucherView>> {
  const after = cursorOf(query, 2);
  const page = allOf(
    when(query.customerId, 'customer_id = ?'),
    after && {
      sql: 'valid_from < ?::timestamptz or (valid_from = ?::timestamptz and code > ?)',
      values: [after[0], after[0], after[1]],
    },
  );
  const { rows } = await db.raw<{ rows: VoucherRow[] }>(
    `select code, rule, customer_id as "customerId", order_id as "orderId", take, off, valid_from as "from", valid_until as "until",
            valid_from::text as "exactFrom", uses_allowed as "usesAllowed", uses
     from voucher ${page.sql} order by valid_from desc, code limit ?`,
    [...page.values, rowsWanted(query)] as string[],
  );
  return pageOf(query, rows, view, (row) => [row.exactFrom, row.code]);
}

interface VoucherRow extends Omit<VoucherView, 'validFrom' | 'validUntil'> {
  readonly from: Date;
  readonly until: Date;
  readonly exactFrom: string;
}

function view({ from, until, exactFrom: _, ...row }: VoucherRow): VoucherView {
  return { ...row, validFrom: from.toISOString(), validUntil: until.toISOString() };
}

/** What open vouchers may still cost, by the rule of their offer. */
export interface VoucherLiability {
  readonly rule: string;
  readonly open: number;
  /** Decimal text. */
  readonly worth: string;
  readonly currency: string | null;
  readonly unknown: number;
}

/** By rule and currency; vouchers that were used or have run out owe nothing. */
export async function voucherLiability(db: Knex, now: EpochMs): Promise<readonly VoucherLiability[]> {
  const { rows } = await db.raw<{ rows: VoucherLiability[] }>(
    `select rule, count(*)::int as open, coalesce(sum(worth), 0)::text as worth, currency,
            count(*) filter (where worth is null)::int as unknown
     from voucher where uses < uses_allowed and valid_until > ?
     group by rule, currency order by rule, currency`,
    [new Date(now).toISOString()],
  );
  return rows;
}
