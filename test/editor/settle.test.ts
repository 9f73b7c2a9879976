import { expect, it } from 'vitest';
import type { QuarantinedItem, ReplayedRecord } from '../../editor/quarantine/quarantine-api.ts';
import { nothingSettled, type Settled, sayOutcome, settlePages } from '../../editor/quarantine/settle.ts';

const record = (line: number): QuarantinedItem => ({
  file: 1,
  name: 'a.csv',
  source: 'A',
  format: 'csv',
  line,
  reason: 'unknown-service',
  detail: '',
  raw: '',
  fields: null,
  state: 'open',
  corrected: null,
  decidedBy: null,
  decidedAt: null,
  why: null,
});

/** Three pages of two records, of which the last of each page stays refused. */
function threePages(failing?: number) {
  const asked: ReplayedRecord[][] = [];
  const page = async (after: string | undefined) => {
    const number = Number(after ?? 1);
    const value = {
      items: [record(number * 2 - 1), record(number * 2)],
      next: number < 3 ? String(number + 1) : null,
    };
    return { ok: true, value } as const;
  };
  const settle = async (records: readonly ReplayedRecord[]) => {
    if (asked.push([...records]) === failing) return { ok: false, problem: { title: 'Away', status: 503 } } as const;
    return {
      ok: true,
      value: { ...nothingSettled, accepted: 1, refused: 1, because: `of page ${asked.length}` },
    } as const;
  };
  return { asked, requests: { page, settle } };
}

it('all pages are settled, what is still refused is passed by, and each step is told', async () => {
  const { asked, requests } = threePages();
  const told: number[] = [];
  const done = await settlePages(requests, ({ accepted }) => told.push(accepted), new AbortController().signal);
  expect(done).toEqual({ settled: { accepted: 3, duplicate: 0, dropped: 0, refused: 3, because: 'of page 1' } });
  expect(told).toEqual([1, 2, 3]);
  expect(asked.flat().map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('a problem on the way ends it, and what was done before is kept', async () => {
  const { requests } = threePages(2);
  const done = await settlePages(requests, () => {}, new AbortController().signal);
  expect(done).toMatchObject({ settled: { accepted: 1, refused: 1 }, problem: { status: 503 } });
});

it('a person who stops it stops it after the page under way', async () => {
  const { asked, requests } = threePages();
  const abort = new AbortController();
  await settlePages(requests, () => abort.abort(), abort.signal);
  expect(asked.length).toBe(1);
});

it.each<[Partial<Settled>, string]>([
  [{ accepted: 1200, duplicate: 1 }, '1,200 accepted, 1 known already.'],
  [{ accepted: 1, refused: 2, because: 'service is "fax"' }, '1 accepted, 2 still waiting: service is "fax".'],
  [{ dropped: 3 }, '3 dropped.'],
  [{}, 'None of them waits any more.'],
])('%j is said as “%s”', (settled, sentence) => {
  expect(sayOutcome({ ...nothingSettled, ...settled })).toBe(sentence);
});
