/** Rows as PostgreSQL returns them: dates and numerics as text, bigints as safe integers. */

export interface AccountRow {
  readonly account_id: string;
  readonly customer_id: string;
  readonly legal_entity: string;
  readonly currency: string;
  readonly zone: string;
  readonly cycle_day: number;
  readonly payment_terms_days: number;
  readonly opened_on: string;
  readonly closed_on: string | null;
  readonly name: string;
  readonly category: 'consumer' | 'business';
  readonly country: string;
  readonly tax_country: string;
  readonly vat_id: string | null;
  readonly language: string;
  readonly customer_zone: string;
  readonly has_app_account: boolean | null;
  readonly interests: readonly string[];
  readonly profile: string;
  readonly bought: readonly { readonly category: string; readonly price: string; readonly currency: string }[];
  readonly facts: Readonly<Record<string, number | string | boolean | readonly string[]>>;
}

export interface SubscriptionRow {
  readonly subscription_id: string;
  readonly account_id: string;
  readonly plan: string;
  readonly msisdn: string;
  readonly payment: 'manual' | 'direct debit' | 'card';
  readonly accepted_on: string;
  readonly activated_on: string;
  readonly cancelled_on: string | null;
  readonly renews_on: string | null;
  readonly paid_until: string | null;
  readonly suspended_on: string | null;
  readonly cancellation_reason: string | null;
}

export interface OneOffFeeRow {
  readonly key: string;
  readonly account_id: string;
  readonly title: string;
  readonly amount: string;
  readonly fiscal_category: string | null;
  readonly charged_on: string;
  readonly rule: string;
  readonly at: { readonly file: string; readonly line: number };
  readonly how: string;
}

export interface BalanceRow {
  readonly account_id: string;
  readonly subscription_id: string;
  readonly allowance: string;
  readonly service: string;
  readonly granted_on: string;
  readonly remaining: number;
  readonly expires_on: string;
  readonly known_from: string;
}

export interface CommitmentRow {
  readonly account_id: string;
  readonly commitment: string;
  readonly period_from: string;
  readonly period_until: string;
  readonly charged: string;
}

export interface PastCycleRow {
  readonly account_id: string;
  readonly subscription_id: string;
  readonly period_from: string;
  readonly period_until: string;
  readonly usage: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>> | null;
  readonly charges: string;
}

export interface CreditRow {
  readonly account_id: string;
  readonly subscription_id: string;
  readonly tax_category: string;
  readonly tax_percent: string;
  readonly amount: string;
  readonly known_from: string;
}
