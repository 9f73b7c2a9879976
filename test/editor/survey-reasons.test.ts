import { expect, test } from 'vitest';
import { reasonsByMonth } from '../../editor/surveys/reasons.ts';

test('reasons are shown by month, the latest month and the most frequent reason first, whatever survey asked', () => {
  const item = (month: string, reason: string, answers: number, message = 'why-cancel') => ({
    month,
    message,
    reason,
    answers,
  });
  const items = [
    item('2026-05', 'price', 2),
    item('2026-06', 'other', 1),
    item('2026-06', 'price', 3),
    item('2026-06', 'other', 4, 'why-down'),
  ];
  expect(reasonsByMonth(items)).toEqual([
    {
      month: '2026-06',
      reasons: [
        { reason: 'other', answers: 5 },
        { reason: 'price', answers: 3 },
      ],
    },
    { month: '2026-05', reasons: [{ reason: 'price', answers: 2 }] },
  ]);
});
