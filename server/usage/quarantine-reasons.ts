/** Why a record waits in quarantine instead of being rated: the closed list, with what to do about each. */
export const quarantineReasons = {
  'not-a-record': 'The line is neither a header, a record nor a trailer. Ask the source for the line again.',
  'no-header':
    'The file does not begin with a readable header, so nobody knows whose records these are. Ask the source for the file again.',
  'field-count': 'The record has too few or too many fields. Ask the source for the record again.',
  'bad-field': 'A field holds what it cannot hold, or contradicts another. Correct it and replay the record.',
  'other-source': 'The record or header names another source than the file. Ask the source for the file again.',
  'bad-number': 'A number is not a whole number. Correct it and replay the record.',
  'bad-instant': 'The start is not an ISO 8601 instant with an offset. Correct it and replay the record.',
  'negative-quantity': 'A duration, volume or count is below zero. Correct it and replay the record.',
  'unknown-service': 'No service of this name is declared in the rules. Declare it, or correct the record, and replay.',
  'unknown-direction': 'The direction is neither outgoing nor incoming. Correct it and replay the record.',
  'unknown-subscriber': 'No subscription has this number, IMSI or id. Register it, or correct the record, and replay.',
  'torn-subscriber':
    'Number, IMSI or id are of different subscriptions. Find out whom it served; correct the record or the subscriptions, and replay.',
  'too-old': 'The event started more than the look-back limit before the open cycle. Bill it by hand or drop it.',
} as const;

export type QuarantineReason = keyof typeof quarantineReasons;

export interface Refusal {
  readonly reason: QuarantineReason;
  readonly detail: string;
}
