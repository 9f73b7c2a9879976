/** Rows as PostgreSQL returns them: dates and numerics as text, bigints as safe integers. */
import type { UsageEvent } from '../../engine/model.ts';

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

export interface UsageRow {
  readonly account_id: string;
  readonly source: string;
  readonly record_id: string;
  readonly sequence: number;
  readonly msisdn: string;
  readonly service: string;
  readonly start_at: number;
  readonly duration_ms: number;
  readonly bytes: number;
  readonly messages: number;
  readonly direction: 'outgoing' | 'incoming';
  readonly called_number: string;
  readonly calling_number: string;
  readonly visited_network: string;
  readonly value: string | null;
  readonly value_currency: string | null;
  readonly session: string | null;
  readonly part_number: number | null;
  readonly is_last_part: boolean | null;
  readonly closing_cause: string | null;
  readonly change: number | null;
  readonly imsi: string | null;
  readonly roaming_partner: string | null;
  readonly record_type: string | null;
  readonly attributes: UsageEvent['attributes'] | null;
}

export interface CreditRow {
  readonly account_id: string;
  readonly subscription_id: string;
  readonly tax_category: string;
  readonly tax_percent: string;
  readonly amount: string;
  readonly known_from: string;
}
