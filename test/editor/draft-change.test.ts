import { expect, it } from 'vitest';
import { changeOf, noDraft, sayChange } from '../../editor/accounts/draft-change.ts';

it('a change is whole when everything is said that it needs', () => {
  const day = '2026-05-20';
  expect(changeOf(noDraft)).toBeUndefined();
  expect(changeOf({ ...noDraft, day })).toBeUndefined();
  expect(changeOf({ ...noDraft, day, plan: ' talk ' })).toEqual({ kind: 'plan change', from: day, plan: 'talk' });
  expect(changeOf({ ...noDraft, kind: 'pause', day })).toEqual({ kind: 'pause', from: day });
  expect(changeOf({ ...noDraft, kind: 'pause', day, until: day })).toBeUndefined();
  expect(changeOf({ ...noDraft, kind: 'pause', day, until: '2026-05-21' })).toMatchObject({ until: '2026-05-21' });
  expect(changeOf({ ...noDraft, kind: 'cancellation', day })).toEqual({ kind: 'cancellation', on: day });
  expect(changeOf({ ...noDraft, kind: 'pause taken back', day })).toEqual({ kind: 'pause taken back', from: day });
  expect(changeOf({ ...noDraft, kind: 'cancellation taken back' })).toEqual({ kind: 'cancellation taken back' });
});

it('a change of plan is told with the plan', () => {
  expect(sayChange({ kind: 'plan change', from: '2026-05-20', plan: 'talk' })).toBe('plan talk');
  expect(sayChange({ kind: 'cancellation', on: '2026-05-20' })).toBe('cancellation');
});
