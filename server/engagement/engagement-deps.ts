import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import type { UsageFormat } from '../usage/usage-formats.ts';

/** Everything engagement needs from outside; put together once, in the composition root. */
export interface EngagementDeps {
  readonly db: Knex;
  /** The rules in force; absent until some have been released. */
  readonly rules: () => LoadedRuleSet | undefined;
  /** Cryptographically strong randomness, for voucher codes. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly settings: EngagementSettings;
  /** Of sources that write usage files of their own: what waits of these in quarantine is read by them. */
  readonly usageFormats: readonly UsageFormat[];
}

/** What an operator sets once; nothing of it decides whether a message is sent, only where and when. */
export interface EngagementSettings {
  /** IANA zone of messages to staff. */
  readonly companyZone: string;
  readonly staffLanguage: string;
  /** Right-hand side of Message-IDs: a host name of the operator's own. */
  readonly mailDomain: string;
  /** E-mail address of each role's team, by role: whom a message reaches when no person has the role. */
  readonly roleAddresses: Readonly<Record<string, string>>;
  /** Local hours in which promotions may leave, minutes since midnight, half-open. */
  readonly promotionHours: { readonly from: number; readonly until: number };
}

/** An instant for the database: what a `timestamptz` column takes, whatever the session's zone is. */
export function toTimestamp(at: EpochMs): string {
  return new Date(at).toISOString();
}
