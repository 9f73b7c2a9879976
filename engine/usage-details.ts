/** What a usage event may say besides. Types only. */

/** All of it is absent where the record does not say it. */
export interface RecordDetails {
  /** Of the subscriber served, as the network knows it: 6 to 15 digits. */
  readonly imsi?: string;
  /** Who runs the visited network, as the operator and its partner call it (TADIG code). */
  readonly roamingPartner?: string;
  /** What kind of record it is, as its source says: `MOC`, `PGW`, `TAP`. */
  readonly recordType?: string;
  /** Values of facts of events that analysts declared, by the name of the fact without `event.`, in base units. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export type AttributeValue = string | number | boolean;

/** A record of a part of a session: long ones come in parts, across files and cycles. */
export interface SessionPart {
  /** Unique within the source. */
  readonly session: string;
  /** 1 for the first part, without gaps. */
  readonly number: number;
  /** The session ended with it. */
  readonly isLast: boolean;
  /** Why the record was closed, as the network says it: normal release, time limit, volume limit, … */
  readonly closingCause?: string;
}

/** Of a session that began in an earlier cycle: what its parts were charged by then. */
export interface BegunSession {
  readonly source: string;
  readonly session: string;
  /** The highest number of its parts. */
  readonly upTo: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly messages: number;
}

/** How many units of a service a subscription has when a cycle opens: the sum of all changes before. */
export interface OpeningLevel {
  readonly subscriptionId: string;
  readonly service: string;
  readonly level: number;
}
