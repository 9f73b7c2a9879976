/** What the page of the quarantine asks the server. */
import { type Page, type Query, request, search } from '../api.ts';

export type QuarantineState = 'open' | 'replayed' | 'dropped';

/** Which refused records are meant; what is absent may be anything. */
export interface QuarantineSelection {
  readonly state: QuarantineState;
  readonly source?: string | undefined;
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
  readonly search?: string | undefined;
}

export interface FieldView {
  readonly name: string;
  readonly text: string;
  readonly faulty: boolean;
}

export interface QuarantinedItem {
  /** Number of the delivery. */
  readonly file: number;
  readonly name: string;
  readonly source: string;
  readonly format: string;
  readonly line: number;
  readonly reason: string;
  readonly detail: string;
  readonly raw: string;
  readonly fields: readonly FieldView[] | null;
  readonly state: QuarantineState;
  readonly corrected: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly why: string | null;
}

export interface QuarantineGroupView {
  readonly reason: string;
  readonly whatToDo: string;
  readonly records: number;
  readonly files: number;
  readonly sources: readonly string[];
  readonly causes: number;
  readonly frequent: readonly { readonly detail: string; readonly records: number }[];
}

export interface QuarantineGroupsView {
  readonly items: readonly QuarantineGroupView[];
  readonly sources: readonly string[];
}

export interface ReplayedRecord {
  readonly file: number;
  readonly line: number;
  readonly corrected?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export interface ReplayAnswer {
  readonly accepted: number;
  readonly duplicate: number;
  readonly refused: readonly { readonly index: number; readonly reason: string; readonly detail: string }[];
  readonly notWaiting: readonly number[];
}

export interface DropAnswer {
  readonly dropped: number;
  readonly notWaiting: readonly number[];
}

const path = '/v1/usage/quarantine';

export const getQuarantined = (query: Query, signal?: AbortSignal) =>
  request<Page<QuarantinedItem>>(`${path}${search(query)}`, { signal });
export const getQuarantineGroups = (query: Query, signal?: AbortSignal) =>
  request<QuarantineGroupsView>(`${path}/groups${search(query)}`, { signal });
export const replayRecords = (records: readonly ReplayedRecord[], by: string) =>
  request<ReplayAnswer>(`${path}/replay`, { method: 'POST', body: { records, by } });
export const dropRecords = (records: readonly ReplayedRecord[], by: string, why: string) =>
  request<DropAnswer>(`${path}/drop`, { method: 'POST', body: { records, by, why } });

export const queryOf = ({ state, source, reason, detail, search }: QuarantineSelection): Query => ({
  state,
  source,
  reason,
  detail,
  search,
});
