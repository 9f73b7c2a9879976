import type { ExceptionView } from '../api.ts';

export interface ExceptionGroup {
  readonly code: string;
  readonly exceptions: readonly ExceptionView[];
}

const weight: Readonly<Record<ExceptionView['severity'], number>> = { high: 0, medium: 1, low: 2 };

/** Exceptions by code, most numerous code first; in a group the severe ones come first, otherwise the server's order stays. */
export function groupByCode(exceptions: readonly ExceptionView[]): readonly ExceptionGroup[] {
  const groups = new Map<string, ExceptionView[]>();
  for (const exception of exceptions) groups.set(exception.code, [...(groups.get(exception.code) ?? []), exception]);
  return [...groups]
    .map(([code, members]) => ({
      code,
      exceptions: members.toSorted((a, b) => weight[a.severity] - weight[b.severity]),
    }))
    .toSorted((a, b) => b.exceptions.length - a.exceptions.length || a.code.localeCompare(b.code));
}
