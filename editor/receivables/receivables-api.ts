/** What the pages of receivables and figures ask the server. */
import { type Page, type Query, request, search } from '../api.ts';

export const ageingBuckets = ['notDue', 'upTo30', 'upTo60', 'upTo90', 'over90'] as const;
export type AgeingBucket = (typeof ageingBuckets)[number];

interface AgeingSums extends Readonly<Record<AgeingBucket, string>> {
  readonly currency: string;
  readonly open: string;
  readonly overdue: string;
  readonly credit: string;
}

export interface AgeingItem extends AgeingSums {
  readonly accountId: string;
  readonly customerName: string;
}

export interface AgeingView {
  readonly on: string;
  readonly dso: readonly { readonly currency: string; readonly days: number; readonly formula: string }[];
  readonly totals: readonly (AgeingSums & { readonly accounts: number })[];
  readonly accounts: readonly AgeingItem[];
}

export interface PaymentItem {
  readonly id: string;
  readonly provider: string;
  readonly receivedOn: string;
  readonly amount: string;
  readonly currency: string;
  readonly method: string;
  readonly accountId: string | null;
  readonly customerName: string | null;
  readonly payerName: string;
  readonly payerIban: string;
  readonly reference: string;
  readonly remittance: string;
  readonly matchedBy: string | null;
  readonly because: string;
  readonly unused: string;
  readonly allocations: readonly {
    readonly invoiceNumber: string;
    readonly amount: string;
    readonly on: string;
    readonly because: string;
  }[];
  readonly returns: readonly {
    readonly id: string;
    readonly kind: string;
    readonly amount: string;
    readonly on: string;
    readonly reason: string;
  }[];
}

export interface MetricItem {
  readonly run: string;
  readonly issuedOn: string;
  readonly metric: string;
  readonly key: string;
  readonly value: string;
  readonly unit: string;
  readonly currency: string;
  readonly working: string;
}

export interface MetricsView {
  readonly metrics: readonly {
    readonly name: string;
    readonly title: string;
    readonly unit: string;
    readonly formula: string;
  }[];
  readonly rows: readonly MetricItem[];
}

export const getAgeing = (on: string | undefined, signal?: AbortSignal) =>
  request<AgeingView>(`/v1/reports/ageing${search({ on })}`, { signal });
export const ageingCsv = (on: string | undefined) => `/v1/reports/ageing${search({ on, format: 'csv' })}`;
export const getMetrics = (signal?: AbortSignal) => request<MetricsView>('/v1/reports/metrics', { signal });
export const metricsCsv = '/v1/reports/metrics?format=csv';
export const getPayments = (query: Query, signal?: AbortSignal) =>
  request<Page<PaymentItem>>(`/v1/payments${search(query)}`, { signal });
export const assignPayment = (
  id: string,
  body: { readonly accountId?: string; readonly invoiceNumber?: string; readonly by: string; readonly reason: string },
) => request<PaymentItem>(`/v1/payments/${encodeURIComponent(id)}/allocation`, { method: 'POST', body });
