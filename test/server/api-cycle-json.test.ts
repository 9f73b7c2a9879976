import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import {
  isInputError,
  printAccountCycleSchema,
  printEvaluation,
  readAccountCycle,
} from '../../server/api/cycle-json.ts';
import { cycleJson } from './api-cycle.ts';
import { storyRules } from './engagement-rules.ts';

function faultsOf(json: unknown): readonly { pointer: string; detail: string }[] {
  try {
    readAccountCycle(json);
  } catch (error) {
    if (isInputError(error)) return error.faults;
    throw error;
  }
  return [];
}

/** The sample with one place changed; `undefined` takes the place away. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(cycleJson) as unknown as Record<string, unknown>;
  const steps = path.split('/');
  const last = steps.pop() ?? '';
  const parent = steps.reduce((at, step) => at[step] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

describe('an account cycle as JSON', () => {
  test('is read with its instants as epoch milliseconds and everything else as it stands', () => {
    const cycle = readAccountCycle(cycleJson);
    expect(cycle.usage[0]?.startAt).toBe(Date.UTC(2026, 4, 3, 10, 15));
    expect({ ...cycle, usage: [] }).toEqual({ ...cycleJson, usage: [] });
  });

  test.each([
    ['account', undefined, '#/account', 'is required and missing'],
    ['account/cycleDay', 32, '#/account/cycleDay', 'must be <= 31'],
    ['account/colour', 'red', '#/account/colour', 'is not a field that is known here'],
    ['account/zone', 'Europe/Atlantis', '#/account/zone', 'must be an IANA time zone like Europe/Berlin'],
    ['customer/category', 'friend', '#/customer/category', 'must be one of consumer, business'],
    [
      'usage/0/startAt',
      '2026-05-03T12:15:00',
      '#/usage/0/startAt',
      'must be an instant with its offset, like 2026-06-16T09:00:00+02:00',
    ],
    ['usage/0/startAt', 1_777_803_300_000, '#/usage/0/startAt', 'must be of type string'],
    ['usage/0/durationMs', 1.5, '#/usage/0/durationMs', 'must be of type integer'],
    ['usage/0/bytes', 2 ** 53, '#/usage/0/bytes', 'must be <= 9007199254740991'],
    ['subscriptions/0/activatedOn', '2026-02-29', '#/subscriptions/0/activatedOn', 'must be a date like 2026-06-16'],
    ['bounds/until', '2026-05-01', '#/bounds/until', 'must be after “from”'],
    ['bounds/nextUntil', '2026-06-01', '#/bounds/nextUntil', 'must be after “until”'],
  ])('with %s = %j is refused at %s', (path, value, pointer, detail) => {
    expect(faultsOf(changed(path, value))).toEqual([{ pointer, detail }]);
  });

  test('with the same event twice is refused at the second', () => {
    expect(faultsOf({ ...cycleJson, usage: [cycleJson.usage[0], cycleJson.usage[0]] })).toEqual([
      { pointer: '#/usage/1/id', detail: 'is the id of an earlier event of the same source' },
    ]);
  });

  test('that is anything else is refused with words, never with a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(faultsOf(json).length).toBeGreaterThan(0);
      }),
    );
  });

  test('is described by the published schema (npx vitest run test/server/api-cycle-json.test.ts -u writes it)', async () => {
    await expect(printAccountCycleSchema()).toMatchFileSnapshot('../../server/api/account-cycle.schema.json');
  });
});

describe('a printed evaluation', () => {
  const rules = loadRuleSet(storyRules());

  test('is the same bytes for the same cycle, whatever order its fields came in', () => {
    const turned = Object.fromEntries(Object.entries(cycleJson).reverse());
    expect(printEvaluation(evaluateCycle(readAccountCycle(turned), rules))).toBe(
      printEvaluation(evaluateCycle(readAccountCycle(cycleJson), rules)),
    );
  });

  test('holds the bill to the last cent, with sorted keys and a line end', () => {
    const printed = printEvaluation(evaluateCycle(readAccountCycle({ ...cycleJson, usage: [] }), rules));
    const evaluation = JSON.parse(printed);
    expect(evaluation.bill).toMatchObject({ net: '12.00', tax: '2.28', total: '14.28' });
    expect(Object.keys(evaluation)).toEqual(Object.keys(evaluation).toSorted());
    expect(Object.keys(evaluation.bill)).toEqual(Object.keys(evaluation.bill).toSorted());
    expect(printed.endsWith('}\n')).toBe(true);
  });
});
