import type { AgeingRow } from '../receivables/ageing.ts';
import type { WriteOffRow } from '../receivables/read-write-offs.ts';
import type { MetricRow } from './metrics.ts';

/** The columns of the exports, in their order; whoever reads them by name loses nothing when more come. */
export const metricColumns: readonly (keyof MetricRow)[] = 'run issuedOn metric key value unit currency working'.split(
  ' ',
) as (keyof MetricRow)[];

export const ageingColumns: readonly (keyof AgeingRow)[] =
  'accountId customerName currency notDue upTo30 upTo60 upTo90 over90 open overdue credit'.split(
    ' ',
  ) as (keyof AgeingRow)[];

export const writeOffColumns: readonly (keyof WriteOffRow)[] =
  'on id invoiceNumber accountId customerName currency amount taxIncluded because'.split(' ') as (keyof WriteOffRow)[];
