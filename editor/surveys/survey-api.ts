/** What the page of surveys asks the server. */
import { type Page, type Query, request, search } from '../api.ts';

export interface SurveyItem {
  readonly id: string;
  readonly customerName: string;
  readonly subscriptionId: string;
  readonly askedAt: string;
  readonly answeredAt: string | null;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly kept: string | null;
}

export interface SurveyReasons {
  readonly items: readonly {
    readonly month: string;
    readonly message: string;
    readonly reason: string;
    readonly answers: number;
  }[];
  readonly asked: number;
  readonly answered: number;
}

export const getSurveys = (query: Query, signal?: AbortSignal) =>
  request<Page<SurveyItem>>(`/v1/surveys${search(query)}`, { signal });
export const getSurveyReasons = (signal?: AbortSignal) => request<SurveyReasons>('/v1/surveys/reasons', { signal });
