/** Arguments that a command cannot use end it with 2 and the name of the option, and nothing is stored; the API refuses the same, by the field. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { startRatebook } from './demo-process.ts';
import { enrol } from './engagement-books.ts';
import { issue, pay } from './ledger-books.ts';

let it: ApiUnderTest;
let folder: string;
beforeAll(async () => {
  it = await startApi();
  folder = await mkdtemp(join(tmpdir(), 'ratebook-refused-'));
  await enrol(it.db, 'C-1');
  await issue(it.db, 'I-000001');
  await pay(it.db, 'P-1', { amount: '50.00' });
});
afterAll(async () => {
  await it.close();
  await rm(folder, { recursive: true, force: true });
});

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, output } = await startRatebook(args, folder, { DATABASE_URL: it.url }).finished;
  expect(code, output).toBe(2);
  expect(output).not.toMatch(/ {4}at /);
  return output.trim();
}

/** A way to book something, as a command and over the API. */
const ways = [
  ['write-off', 'I-000001', '/v1/invoices/I-000001/write-offs'],
  ['pay-out', 'A-C-1', '/v1/accounts/A-C-1/pay-outs'],
] as const;

describe.each(ways)('%s', (command, subject, url) => {
  const good = { id: 'B-1', by: 'Ines', reason: 'He called' };

  test.each([
    ['on', '2199-01-01', 'lies in the future'],
    ['by', '', 'must be more than blanks'],
    ['by', ' ', 'must be more than blanks'],
    ['reason', ' ', 'must be more than blanks'],
    ['id', '', 'must be more than blanks'],
  ])('refuses %s “%s”', async (field, value, detail) => {
    const { reason: why, ...rest } = { ...good, [field]: value };
    const option = field === 'reason' ? 'why' : field;
    const options = Object.entries({ ...rest, why }).flatMap(([name, text]) => [`--${name}`, text]);
    expect(await refusal(command, subject, ...options)).toBe(`ratebook: --${option} ${detail}`);
    const answer = await it.api.inject({ method: 'POST', url, payload: { ...good, [field]: value } });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toMatchObject([{ pointer: `#/${field}` }]);
    expect([await it.db('allocation'), await it.db('payment_return')]).toEqual([[], []]);
  });
});

const booked = ['--id', 'B-1', '--by', 'Ines', '--why', 'He called'];
const noDay = 'It must be a day like 2026-06-16.';
const blanks = 'It must be more than blanks.';
const noAmount = 'It must be an amount like 12.50.';

test.each<[string, string, readonly string[]]>([
  ['--on', noDay, ['report', 'ageing', '--on', '2026-02-30']],
  ['--on', noDay, ['report', 'ageing', '--on', '0001-01-01']],
  ['--on', noDay, ['write-off', 'I-000001', ...booked, '--on', '2026-06-31']],
  ['--on', noDay, ['pay-out', 'A-C-1', ...booked, '--on', '2026-09-31']],
  ['--from', noDay, ['correct', '--account', 'A-C-1', '--from', 'foo']],
  ['--from', noDay, ['correct', '--account', 'A-C-1', '--from', '2026-99-99']],
  ['--cancel', noDay, ['backdate', 'S-1', '--cancel', '2026-02-29']],
  ['--until', noDay, ['backdate', 'S-1', '--pause', '2026-05-01', '--until', '1 June']],
  ['--amount', noAmount, ['write-off', 'I-000001', ...booked, '--amount', '1,50']],
  ['--amount', noAmount, ['pay-out', 'A-C-1', ...booked, '--amount', '-1']],
  ['--by', blanks, ['correct', '--account', 'A-C-1', '--apply', '--by', ' ', '--why', 'He called']],
  ['--why', blanks, ['backdate', 'S-1', '--cancel', '2026-05-20', '--apply', '--by', 'Ines', '--why', ' ']],
  ['--take-back', 'Allowed choices are plan, pause, cancellation.', ['backdate', 'S-1', '--take-back', 'foo']],
  ['--sample', 'It must be 1 or more.', ['record', '--sample', '0', '--out', '/dev/null']],
])('%s is named that cannot be read: %s', async (option, says, args) => {
  const output = await refusal(...args);
  expect(output).toContain(`error: option '${option} <`);
  expect(output).toContain(says);
});

test.each<[string, readonly string[]]>([
  ['--run goes with metrics, not with write-offs', ['report', 'write-offs', '--run', 'any']],
  ['--on goes with ageing, not with metrics', ['report', 'metrics', '--on', '2026-06-16']],
  ['Name exactly one of --account ID and --run ID', ['correct', '--account', 'A-C-1', '--run', 'any']],
  ['Name exactly one of --account ID and --run ID', ['correct']],
  [
    "--accounts /dev/null/x.csv cannot be written: ENOTDIR: not a directory, open '/dev/null/x.csv'",
    ['impact', 'rules', 'rules', '--sample', '30', '--accounts', '/dev/null/x.csv'],
  ],
])('what does not go together or cannot be done is said: %s', async (says, args) => {
  expect(await refusal(...args)).toContain(`ratebook: ${says}`);
});

test.each(['0000-01-01', '0001-01-01', '2026-02-30'])(
  'the API names the field of a day that cannot be: %s',
  async (on) => {
    const ageing = await it.api.inject({ url: `/v1/reports/ageing?on=${on}` });
    expect([ageing.statusCode, ageing.json().errors]).toEqual([
      400,
      [{ pointer: '#/on', detail: 'must be a date like 2026-06-16' }],
    ]);
    const payment = { provider: 'shop', id: 'p', amount: '1.00', currency: 'EUR', method: 'card', receivedOn: on };
    const paid = await it.api.inject({ method: 'POST', url: '/v1/payments', payload: payment });
    expect([paid.statusCode, paid.json().errors]).toEqual([
      422,
      [{ pointer: '#/receivedOn', detail: 'must be a date like 2026-06-16' }],
    ]);
  },
);
