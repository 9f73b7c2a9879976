/** Replaying or dropping all records of a selection, however many: page by page, so that each request is short. */
import type { Answer, Page, Problem } from '../api.ts';
import { formatCount } from '../format.ts';
import {
  dropRecords,
  getQuarantined,
  type QuarantinedItem,
  type QuarantineSelection,
  queryOf,
  type ReplayedRecord,
  replayRecords,
} from './quarantine-api.ts';

/** What is done with records that wait. */
export type Deed =
  | { readonly kind: 'replay'; readonly by: string; readonly fields?: Readonly<Record<string, string>> }
  | { readonly kind: 'drop'; readonly by: string; readonly why: string };

/** What became of records, in counts of them. */
export interface Settled {
  readonly accepted: number;
  readonly duplicate: number;
  readonly dropped: number;
  /** Still refused, with the detail of the first of them. */
  readonly refused: number;
  readonly because?: string;
}

export const nothingSettled: Settled = { accepted: 0, duplicate: 0, dropped: 0, refused: 0 };

export interface SettledAll {
  readonly settled: Settled;
  /** Why it ended before all were tried. */
  readonly problem?: Problem;
}

/** The server, for tests to stand in for. */
export interface SettleRequests {
  readonly page: (after: string | undefined) => Promise<Answer<Page<QuarantinedItem>>>;
  readonly settle: (records: readonly ReplayedRecord[]) => Promise<Answer<Settled>>;
}

/** Settles everything of a selection that waits; what is still refused is passed by. */
export function settleAll(
  selection: QuarantineSelection,
  deed: Deed,
  onProgress: (settled: Settled) => void,
  signal: AbortSignal,
): Promise<SettledAll> {
  const query = queryOf({ ...selection, state: 'open' });
  const requests: SettleRequests = {
    page: (after) => getQuarantined({ ...query, limit: 200, after }, signal),
    settle: (records) => settleRecords(records, deed),
  };
  return settlePages(requests, onProgress, signal);
}

export async function settlePages(
  { page, settle }: SettleRequests,
  onProgress: (settled: Settled) => void,
  signal: AbortSignal,
): Promise<SettledAll> {
  let settled = nothingSettled;
  let after: string | undefined;
  do {
    const found = await page(after);
    if (signal.aborted) break;
    if (!found.ok) return { settled, problem: found.problem };
    if (found.value.items.length === 0) break;
    const answer = await settle(found.value.items.map(({ file, line }) => ({ file, line })));
    if (!answer.ok) return { settled, problem: answer.problem };
    settled = sum(settled, answer.value);
    onProgress(settled);
    after = found.value.next ?? undefined;
  } while (after !== undefined && !signal.aborted);
  return { settled };
}

export async function settleRecords(records: readonly ReplayedRecord[], deed: Deed): Promise<Answer<Settled>> {
  if (deed.kind === 'drop') {
    const answer = await dropRecords(records, deed.by, deed.why);
    return answer.ok ? { ok: true, value: { ...nothingSettled, dropped: answer.value.dropped } } : answer;
  }
  const { by, fields } = deed;
  const answer = await replayRecords(fields ? records.map((one) => ({ ...one, fields })) : records, by);
  if (!answer.ok) return answer;
  const { accepted, duplicate, refused } = answer.value;
  const because = refused[0]?.detail;
  return {
    ok: true,
    value: {
      ...nothingSettled,
      accepted,
      duplicate,
      refused: refused.length,
      ...(because !== undefined && { because }),
    },
  };
}

function sum(one: Settled, other: Settled): Settled {
  const because = one.because ?? other.because;
  return {
    accepted: one.accepted + other.accepted,
    duplicate: one.duplicate + other.duplicate,
    dropped: one.dropped + other.dropped,
    refused: one.refused + other.refused,
    ...(because !== undefined && { because }),
  };
}

/** What became of them, in a sentence. */
export function sayOutcome({ accepted, duplicate, dropped, refused, because }: Settled): string {
  const parts = [
    said(accepted, 'accepted'),
    said(duplicate, 'known already'),
    said(dropped, 'dropped'),
    refused > 0 && `${formatCount(refused)} still waiting${because === undefined ? '' : `: ${because}`}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'None of them waits any more.' : `${parts.join(', ')}.`;
}

function said(count: number, word: string): string | false {
  return count > 0 && `${formatCount(count)} ${word}`;
}
