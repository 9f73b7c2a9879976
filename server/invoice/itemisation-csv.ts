import { stringify } from 'csv-stringify/sync';
import type { Itemisation } from './itemisation.ts';

const columns = [
  'subscription',
  'service',
  'line',
  'start',
  'direction',
  'number',
  'network',
  'quantity',
  'part',
  'amount',
  'exact',
] as const;

/** One row an item, under one row of names; amounts are decimal texts with a point, quantities in base units. */
export function itemisationCsv({ lines }: Itemisation): string {
  const rows = lines.flatMap(({ subscriptionId, service, title, items }) =>
    items.map((item) => [
      subscriptionId,
      service,
      title,
      item.startAt,
      item.direction,
      item.otherNumber,
      item.network,
      String(item.quantity),
      item.part ?? '',
      item.amount,
      item.exact,
    ]),
  );
  return stringify([columns, ...rows]);
}
