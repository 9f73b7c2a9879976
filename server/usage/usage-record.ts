import type { UsageEvent } from '../../engine/model.ts';

/** A usage event as its source tells it. Whom it served is said by number, by IMSI (of the details) or by subscription, or by several. */
export interface UsageRecord extends Omit<UsageEvent, 'source' | 'msisdn'> {
  readonly msisdn?: string;
  /** Id of the subscription. */
  readonly subscription?: string;
}
