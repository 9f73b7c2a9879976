import { expect, it } from 'vitest';
import type { ExceptionView } from '../../editor/api.ts';
import { groupByCode } from '../../editor/exceptions/group.ts';

it('exceptions stand by code, the most frequent first, and the severe ones at the top of their group', () => {
  const groups = groupByCode([
    exception(1, 'no-rate', 'low'),
    exception(2, 'anomaly', 'medium'),
    exception(3, 'anomaly', 'high'),
    exception(4, 'anomaly', 'medium'),
  ]);
  expect(groups.map((group) => [group.code, ...group.exceptions.map(({ id }) => id)])).toEqual([
    ['anomaly', 3, 2, 4],
    ['no-rate', 1],
  ]);
});

function exception(id: number, code: string, severity: ExceptionView['severity']): ExceptionView {
  return { id, code, severity, action: 'hold', object: 'invoice', subject: `A-${id}`, evidence: '', state: 'open' };
}
