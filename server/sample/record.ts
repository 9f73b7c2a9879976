/** One usage record as mediation delivers it, and its line in a usage file. */

export const sources = ['MSC1', 'MSC2', 'SMSC', 'PGW1', 'PGW2', 'TAP'] as const;
export type Source = (typeof sources)[number];

export interface UsageRecord {
  readonly source: Source;
  readonly msisdn: string;
  readonly service: 'voice' | 'sms' | 'data';
  /** ISO 8601 with offset. */
  readonly start: string;
  readonly durationSeconds: number;
  readonly bytes: number;
  readonly messages: number;
  readonly direction: 'outgoing' | 'incoming';
  readonly called: string;
  readonly calling: string;
  readonly plmn: string;
}

/** `sequence` counts the records of a source; the record's id is made of it. */
export function recordLine(record: UsageRecord, sequence: number): string {
  return (
    `R,${record.source}-${sequence},${sequence},${record.msisdn},${record.service},${record.start},${record.durationSeconds},` +
    `${record.bytes},${record.messages},${record.direction},${record.called},${record.calling},${record.plmn}`
  );
}
