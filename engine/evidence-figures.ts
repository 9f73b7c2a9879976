/** One measure of an exception's subject: what was found, what is usual, and what the past was like. */
export interface EvidenceFigures {
  /** What is measured: `charges`, a service, or what a check of usage files looks at. */
  readonly measure: string;
  /** Of all values: a currency, `ms`, `bytes`, `messages`, or what is counted. */
  readonly unit: string;
  /** Decimal texts. */
  readonly found: string;
  readonly usual?: string;
  /** Robust standard deviation of the past values. */
  readonly spread?: string;
  /** Where past use is told as if each cycle had had as many days as this one: how many. Absent where it is told as it was. */
  readonly ofDays?: number;
  /** Oldest first; `on` is the day a cycle ended before, or a file's day. */
  readonly past: readonly { readonly on: string; readonly value: string }[];
}
