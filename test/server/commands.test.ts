/** Every command that the README lists is started as people start it: as a process, with arguments that it can use. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectFolder } from '../../server/folders.ts';
import { cycleJson } from './api-cycle.ts';
import { camt } from './camt.ts';
import { startRatebook } from './demo-process.ts';
import { startTestServer, type TestServer } from './running-server.ts';

const flatRules = `plan flat "Flat" in EUR, round half even per line, split at start
  from 2026-01-01
  fee "Rental" 12.00 EUR monthly in arrears
tax standard otherwise 19% category S
`;
const said = ['--by', 'Ines', '--why', 'He called'];

let server: TestServer;
let folder: string;
/** The invoice of A-000001. */
let invoice: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratebook-commands-'));
  server = await startTestServer();
  const row = await server.book.db('invoice').where({ run_id: server.runId, account_id: 'A-000001' }).first('number');
  invoice = row.number;
  await writeFile(join(folder, 'flat.rules'), flatRules);
  await writeFile(join(folder, 'cycle.json'), JSON.stringify(cycleJson));
  const entry = { amount: '100.00', transactions: [{ name: 'Anna Petersen', text: [invoice] }] };
  await writeFile(join(folder, 'statement.xml'), camt([{ closing: '1100.00', entries: [entry] }]));
}, 180_000);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  startRatebook(args, folder, {
    DATABASE_URL: server.databaseUrl,
    RATEBOOK_RULES: server.rulesFolder,
    SMTP_URL: '',
    ...env,
  });

/** In this order, as some need what others did; with words that each says. `FOLDER`, `INVOICE` and `RUN` are those of the test. */
const commands: readonly (readonly [line: string, says: string, ...more: string[]])[] = [
  ['check FOLDER', '0 errors'],
  ['fmt FOLDER', 'rule files were not formatted'],
  ['test FOLDER', 'tests of the rules pass'],
  ['mutate FOLDER --count 3', '3 mutants from seed 1'],
  ['compile FOLDER', '"hash"'],
  ['diff FOLDER FOLDER', 'No difference in meaning'],
  ['bill --rules FOLDER --cycle FOLDER/cycle.json', '12.00'],
  ['explain --rules FOLDER --cycle FOLDER/cycle.json', 'Rental'],
  ['explain INVOICE', 'Line rental'],
  ['record --run RUN --out FOLDER/cycles.ndjson', 'account cycles of run'],
  ['impact rules rules --run RUN', 'No account pays anything else'],
  ['verify rules --base rules --cycles FOLDER/cycles.ndjson', 'Rules: sound'],
  ['correct --account A-000001', 'would be corrected'],
  ['backdate S-000001 --cancel 2026-05-20', '1 invoice would be corrected'],
  ['bill-thresholds', 'invoices in mid-cycle'],
  ['write-off INVOICE --id W-1 --amount 3.00', 'Written off;', ...said],
  ['payments FOLDER/statement.xml', '1 payments matched'],
  ['pay-out A-000001 --id O-1', 'To be paid out:', ...said],
  ['report metrics', 'run,issuedOn,metric'],
  ['report ageing', 'accountId,customerName'],
  ['report write-offs', 'W-1'],
  ['ledger', '✓'],
  ['books', ''],
];

describe('a command with sound arguments', () => {
  test.each(commands)('ratebook %s', async (line, says, ...more) => {
    const args = line.replaceAll('FOLDER', folder).replace('INVOICE', invoice).replace('RUN', server.runId).split(' ');
    const { code, output } = await start([...args, ...more]).finished;
    expect(output).toContain(says);
    expect(code, output).toBe(0);
  });

  test('ratebook worker, which without a mail server takes shards only', async () => {
    const worker = start(['worker']);
    await worker.says('▸ Working on shards of bill runs');
    worker.kill();
    await worker.finished;
  });

  test('ratebook serve', async () => {
    const served = start(['serve', '--port', '0']);
    await served.says('http://127.0.0.1:');
    served.kill();
    await served.finished;
  });

  test('is every one that the README lists; `demo` has tests of its own', async () => {
    const readme = await readFile(join(projectFolder, 'server/README.md'), 'utf8');
    const listed = [...readme.matchAll(/^\| `ratebook ([\w-]+)/gm)].map((match) => match[1]);
    const started = commands.map(([line]) => line.split(' ')[0]);
    expect(new Set([...started, 'worker', 'serve', 'demo'])).toEqual(new Set(listed));
  });
});

describe('SMTP_URL', () => {
  test.each(['serve', 'worker'])('that is no mail server is refused by %s before it does anything', async (command) => {
    for (const url of ['foo', 'mail.example:25', 'smtp://']) {
      const { code, output } = await start([command], { SMTP_URL: url }).finished;
      expect([code, output]).toEqual([
        1,
        'ratebook: SMTP_URL is no URL of a mail server: write it like smtps://user:password@mail.example\n',
      ]);
    }
  });
});
