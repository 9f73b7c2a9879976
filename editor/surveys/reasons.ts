import type { SurveyReasons } from './survey-api.ts';

/** What was answered in one month, most often first. */
export interface MonthOfReasons {
  /** `2026-06`. */
  readonly month: string;
  readonly reasons: readonly { readonly reason: string; readonly answers: number }[];
}

/** Answers of all surveys together, by month, the latest first. */
export function reasonsByMonth(items: SurveyReasons['items']): readonly MonthOfReasons[] {
  const months = new Map<string, Map<string, number>>();
  for (const { month, reason, answers } of items) {
    const own = months.get(month) ?? new Map<string, number>();
    own.set(reason, (own.get(reason) ?? 0) + answers);
    months.set(month, own);
  }
  return [...months]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([month, own]) => ({
      month,
      reasons: [...own]
        .map(([reason, answers]) => ({ reason, answers }))
        .sort((a, b) => b.answers - a.answers || (a.reason < b.reason ? -1 : 1)),
    }));
}
