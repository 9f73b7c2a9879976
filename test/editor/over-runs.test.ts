import { describe, expect, it } from 'vitest';
import { overRuns } from '../../editor/figures/over-runs.ts';
import type { MetricItem } from '../../editor/receivables/receivables-api.ts';

const row = (
  run: string,
  issuedOn: string,
  key: string,
  value: string,
  more: Partial<MetricItem> = {},
): MetricItem => ({
  ...{ run, issuedOn, metric: 'revenue-by-plan', key, value, unit: 'money', currency: 'EUR', working: '', ...more },
});
const titleOf = (_: string, key: string) => key.toUpperCase();

describe('metrics over the runs', () => {
  it('are a point a run, in their order, and a series a key, the largest first', () => {
    const rows = [
      row('may', '2026-05-16', 'flat', '10.50'),
      row('june', '2026-06-16', 'flat', '20.00'),
      row('june', '2026-06-16', 'v1.flex', '40.00'),
      row('june', '2026-06-16', 'flat', '7.00', { currency: 'USD' }),
      row('june', '2026-06-16', '', '99.00', { metric: 'dso' }),
      // What a person corrected between two runs.
      row('', '2026-06-20', 'flat', '-3.00'),
    ];
    expect(overRuns(rows, ['revenue-by-plan'], 'EUR', titleOf, 'en-GB')).toEqual({
      series: [
        // A point in a key would be read as a path into the data.
        { key: 'revenue-by-plan/v1·flex', name: 'V1.FLEX' },
        { key: 'revenue-by-plan/flat', name: 'FLAT' },
      ],
      points: [
        { label: '16 May 2026', values: { 'revenue-by-plan/flat': 10.5 } },
        { label: '16 Jun 2026', values: { 'revenue-by-plan/flat': 20, 'revenue-by-plan/v1·flex': 40 } },
      ],
    });
  });

  it('of two runs on one day are told apart by their cycles', () => {
    const rows = [row('a..b', '2026-06-16', 'x', '1'), row('b..c', '2026-06-16', 'x', '2')];
    const { points } = overRuns(rows, ['revenue-by-plan'], 'EUR', titleOf, 'en-GB');
    expect(points.map((point) => point.label)).toEqual(['a..b', 'b..c']);
  });

  it('have at most eight colours: the smallest are others, and nothing is lost', () => {
    const rows = Array.from({ length: 12 }, (_, index) => row('a', '2026-06-16', `p${index}`, String(100 - index)));
    const { series, points } = overRuns(rows, ['revenue-by-plan'], 'EUR', titleOf, 'en-GB');
    expect(series).toHaveLength(8);
    expect(series.at(-1)).toEqual({ key: 'others', name: 'Others' });
    const total = Object.values(points[0]?.values ?? {}).reduce((sum, value) => sum + value, 0);
    // 100 + 99 + … + 89.
    expect(total).toBe(1134);
  });
});
