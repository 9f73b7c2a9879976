import type { QuarantineReason, Refusal } from './quarantine-reasons.ts';
import type { UsageRecord } from './usage-record.ts';

/** A line of a usage file, whatever its format; everything that is neither header, trailer nor record is refused. */
export type DecodedLine<Event extends UsageRecord = UsageRecord> =
  | HeaderLine
  | TrailerLine
  | RecordLine<Event>
  | RefusedLine;

export interface RecordLine<Event extends UsageRecord = UsageRecord> {
  readonly kind: 'record';
  readonly event: Event;
  /** Where the record says it itself: it must be that of its file. */
  readonly source?: string;
}

export interface HeaderLine {
  readonly kind: 'header';
  readonly source: string;
  readonly sequence: number;
  /** Records that the file promises; absent if nothing of its kind is promised. */
  readonly records?: number;
}

export interface TrailerLine {
  readonly kind: 'trailer';
  readonly records: number;
  /** Control totals, as `control-totals.ts` says them. */
  readonly totals?: string;
}

export interface RefusedLine extends Refusal {
  readonly kind: 'refused';
  /** The field of the usage event that is at fault; absent if it is the line as a whole. */
  readonly field?: string;
}

export function refuse(reason: QuarantineReason, detail: string, field?: string): RefusedLine {
  return { kind: 'refused', reason, detail, ...(field !== undefined && { field }) };
}
