import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { deliverStep } from '../../server/bill-run/deliver-step.ts';
import type { StepProgress } from '../../server/bill-run/run-context.ts';
import { readCompany } from '../../server/company.ts';
import { connect } from '../../server/database/database.ts';
import { type DeliveryDeps, deliverDue } from '../../server/delivery/deliver.ts';
import { type MailSink, readKeptMail, startMailSink } from '../../server/delivery/mail-sink.ts';
import { createMailer, type Mailer } from '../../server/delivery/mailer.ts';
import { createPostTray, envelopeOf } from '../../server/delivery/post-tray.ts';
import { createMessageRenderer } from '../../server/delivery/render-message.ts';
import { compileFolder } from '../../server/rules/compile-folder.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const order = {
  customer: { id: 'C', name: 'Erika <b>Böhm</b>', language: 'de', email: '' },
  order: { id: 'O-1', category: 'phone', value: '10.00', currency: 'EUR', dueOn: '2026-06-12' },
};

const smtpServer = (options: SMTPServerOptions) =>
  new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], ...options });

async function addressOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('delivery', () => {
  let database: TestDatabase;
  let folder: string;
  let sink: MailSink;
  let deps: Omit<DeliveryDeps, 'mailer'>;
  let rules: LoadedRuleSet;
  let now = Date.parse('2026-06-16T09:00:00Z');

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'ratebook-mail-'));
    sink = await startMailSink(folder);
    const { ruleSet } = await compileFolder('rules');
    if (!ruleSet) throw new Error('The shipped rules do not compile');
    rules = loadRuleSet(ruleSet);
    await database.db('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
    deps = {
      db: database.db,
      renderer: createMessageRenderer('rules', await readCompany('rules'), 'https://bills.example'),
      postTray: createPostTray(join(folder, 'post'), await readCompany('rules')),
      invoicePdf: async () => Buffer.from('%PDF-'),
      invoiceXml: async () => undefined,
      document: () => ruleSet,
      now: async () => now,
      acceptedIsDelivered: true,
    };
  });
  afterAll(async () => {
    for (const mailer of mailers) mailer.close();
    await sink.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => database.db('message').delete());

  async function queue(key: string, more: Record<string, unknown> = {}): Promise<void> {
    const at = new Date(now).toISOString();
    await database.db('message').insert({
      key,
      purpose: 'service',
      template: 'order-delayed',
      rule: 'notify.order_late',
      channel: 'email',
      recipient: 'erika@example.org',
      language: 'de',
      zone: 'Europe/Berlin',
      state: 'queued',
      not_before: at,
      next_attempt_at: at,
      smtp_message_id: `<${key}@test.example>`,
      data: JSON.stringify(order),
      ...more,
    });
  }
  const beginRun = () =>
    initiateBillRun(database.db, {
      closesFrom: '2026-05-31',
      closesUntil: '2026-06-16',
      issuedOn: '2026-06-16',
      ruleSet: rules.document.hash,
      usageFolder: null,
    });
  const message = (key: string) => database.db('message').where({ key }).first();
  const mailers: Mailer[] = [];
  const through = (smtpUrl: string): DeliveryDeps => {
    const mailer = createMailer(smtpUrl);
    mailers.push(mailer);
    return { ...deps, mailer };
  };

  async function serverThatAnswers(
    error: Error & { responseCode: number },
  ): Promise<{ url: string; close: () => void }> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_address, _session, callback) => callback(error),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.server.address();
    return {
      url: `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
      close: () => server.close(() => {}),
    };
  }
  const answer = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

  test('a mail arrives as the template says, with names made harmless and an unsubscribable identity of its own', async () => {
    await queue('first');
    await deliverDue(through(sink.smtpUrl), {});
    const mail = await readKeptMail(folder, '<first@test.example>');
    expect(mail?.subject).toContain('O-1');
    expect(mail?.html).toContain('Erika &lt;b&gt;Böhm&lt;/b&gt;');
    expect(mail?.text).toContain('Erika <b>Böhm</b>');
    expect(mail?.text).not.toMatch(/<(p|td|table|div)/);
    expect(await message('first')).toMatchObject({ state: 'delivered', attempts: 1, reason: null });
  });

  test('a message offered twice, because its sender was killed in between, is one mail in the mailbox', async () => {
    await queue('twice');
    await deliverDue(through(sink.smtpUrl), {});
    await database
      .db('message')
      .where({ key: 'twice' })
      .update({ state: 'attempting', next_attempt_at: new Date(now).toISOString() });
    const before = (await readdir(folder)).length;
    await deliverDue(through(sink.smtpUrl), {});
    expect((await readdir(folder)).length).toBe(before);
    expect(await message('twice')).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  test('a letter lies in the tray as one PDF ready to print, the same bytes however often it is put there', async () => {
    const letter = {
      template: 'dunning-final',
      channel: 'post',
      recipient: 'Zoë Čapek\nTorstraße 1\n10119 Berlin\nDE',
      data: JSON.stringify({
        customer: { id: 'C', name: 'Zoë Čapek', language: 'de', email: '' },
        invoice: { number: 'NM-1', total: '47.60', open: '47.60', currency: 'EUR', dueOn: '2026-05-12' },
      }),
    };
    const tray = join(folder, 'post');
    const inTray = async () => Promise.all((await readdir(tray)).map((name) => readFile(join(tray, name), 'latin1')));
    await queue('letter', letter);
    await deliverDue(through(sink.smtpUrl), {});
    expect(await message('letter')).toMatchObject({ state: 'sent', attempts: 1, reason: null });
    const [first] = await inTray();
    expect(first).toMatch(/^%PDF-1\.7/);
    await database.db('message').where({ key: 'letter' }).update({ state: 'queued' });
    await deliverDue(through(sink.smtpUrl), {});
    expect(await inTray()).toEqual([first]);
  });

  test.each([
    ['DE', [], ''],
    ['AT', ['ÖSTERREICH'], ' · Deutschland'],
    ['FR', ['FRANKREICH'], ' · Allemagne'],
    ['GR', ['GRIECHENLAND'], ' · Germany'],
  ])('a letter to %s names the countries that the posts on its way need', async (country, last, whence) => {
    const company = await readCompany('rules');
    const { sender, recipient } = envelopeOf(`Zoë Čapek\nAm Ring 1\n1010 Wien\n${country}`, company);
    expect(recipient).toEqual(['Zoë Čapek', 'Am Ring 1', '1010 Wien', ...last]);
    expect(sender).toBe(`Nordlicht Mobile GmbH · Ackerstraße 76 · 13355 Berlin${whence}`);
  });

  test('an address that does not exist is a bounce for a person to settle, and the next recipient gets theirs', async () => {
    const refusing = await serverThatAnswers(answer(550, 'No such user'));
    await queue('bounce');
    await deliverDue(through(refusing.url), {});
    refusing.close();
    expect(await message('bounce')).toMatchObject({
      state: 'bounced',
      reason: expect.stringContaining('No such user'),
    });
    expect(await database.db('exception').where({ key: 'undeliverable bounce' }).first()).toMatchObject({
      code: 'undeliverable',
      action: 'flag',
    });
    await queue('after');
    await deliverDue(through(sink.smtpUrl), {});
    expect(await message('after')).toMatchObject({ state: 'delivered' });
  });

  test('a mail server that is down is asked again later, a little later each time, and the mail then arrives', async () => {
    const down = 'smtp://127.0.0.1:1';
    await queue('patient');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      await deliverDue(through(down), {});
      const row = await message('patient');
      expect(row).toMatchObject({ state: 'queued', reason: expect.stringContaining('ECONNREFUSED') });
      waits.push((row.next_attempt_at.getTime() - now) / 60_000);
      now = row.next_attempt_at.getTime();
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    await deliverDue(through(sink.smtpUrl), {});
    expect(await message('patient')).toMatchObject({ state: 'delivered', attempts: 10 });
  });

  test('a mail for which the server was away for five days is given up, and somebody is told', async () => {
    await queue('vain', { attempts: 125 });
    await deliverDue(through('smtp://127.0.0.1:1'), {});
    expect(await message('vain')).toMatchObject({ state: 'failed', attempts: 126 });
    expect(await database.db('exception').where({ key: 'undeliverable vain' }).first()).toMatchObject({
      code: 'undeliverable',
      evidence: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test.each([
    ['before it greets', () => createServer()],
    ['when it has a mail', () => smtpServer({ onData: () => {} }).server],
  ])(
    'a mail server that keeps silent %s is left alone after a few mails; the others wait as they are, and all arrive when it answers',
    async (_, silent) => {
      const { run } = await beginRun();
      for (let index = 0; index < 20; index += 1) await queue(`silent-${index}`, { run_id: run.id });
      const server = silent();
      const open = new Set<Socket>();
      server.on('connection', (socket) => open.add(socket));
      const impatient = createMailer(await addressOf(server), { greetingMs: 500, answerMs: 500 });
      const told: StepProgress[] = [];
      const context = { db: database.db, run, rules, onProgress: (progress: StepProgress) => told.push(progress) };
      await deliverStep(context, { ...deps, mailer: impatient });
      impatient.close();
      for (const socket of open) socket.destroy();
      server.close();
      const rows = await database.db('message').select('state', 'attempts', 'reason');
      const tried = rows.filter(({ attempts }) => attempts === 1);
      expect(told).toEqual([{ step: 'deliver', done: tried.length, total: 20, unit: 'messages' }]);
      expect(tried.length).toBeGreaterThan(0);
      expect(tried.length).toBeLessThan(20);
      for (const { state, reason } of tried) expect([state, reason]).toEqual(['queued', expect.any(String)]);
      const others = Array.from({ length: 20 - tried.length }, () => ({ state: 'queued', attempts: 0, reason: null }));
      expect(rows.filter(({ attempts }) => attempts === 0)).toEqual(others);
      now += 60_000;
      expect(await deliverDue(through(sink.smtpUrl), {})).toMatchObject({ isAnswering: true });
      expect(await database.db('message').whereNot({ state: 'delivered' })).toEqual([]);
    },
  );

  test('a mail server that does not know us bounces no mail: another password helps', async () => {
    const strict = smtpServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(new Error('Not you')),
    });
    const address = new URL(await addressOf(strict.server));
    await queue('unknown-sender');
    await deliverDue(through(Object.assign(address, { username: 'we', password: 'wrong' }).href), {});
    strict.close(() => {});
    expect(await message('unknown-sender')).toMatchObject({
      state: 'queued',
      attempts: 1,
      reason: expect.stringContaining('535'),
    });
  });

  test('a message that cannot be made keeps no other back, and is given up with its reason in the end', async () => {
    await queue('poison', { template: 'order-delayed', language: 'xx' });
    await queue('healthy');
    await deliverDue(through(sink.smtpUrl), {});
    expect(await message('healthy')).toMatchObject({ state: 'delivered', attempts: 1 });
    expect(await message('poison')).toMatchObject({
      state: 'queued',
      attempts: 1,
      reason: expect.stringContaining('xx.email.eta'),
    });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      now = (await message('poison')).next_attempt_at.getTime();
      await deliverDue(through(sink.smtpUrl), {});
    }
    expect(await message('poison')).toMatchObject({ state: 'failed', attempts: 6 });
  });

  test('a run whose messages cannot be made sends the others, stops and says why; started again with the template mended, it sends them at once', async () => {
    const { run } = await beginRun();
    const copy = join(folder, 'rules');
    await cp('rules', copy, { recursive: true });
    const template = join(copy, 'messages/order-delayed/de.email.eta');
    const right = await readFile(template, 'utf8');
    await writeFile(template, `${right} <%~ it.nix.foo %>`);
    const renderer = createMessageRenderer(copy, await readCompany('rules'), 'https://bills.example');
    const deliver = () =>
      deliverStep({ db: database.db, run, rules, onProgress: () => {} }, { ...through(sink.smtpUrl), renderer });
    for (const key of ['torn-1', 'torn-2']) await queue(key, { run_id: run.id });
    await queue('english', { run_id: run.id, language: 'en' });
    await expect(deliver()).rejects.toThrow(
      '2 messages cannot be made, such as messages/order-delayed/de.email.eta: ' +
        "Cannot read properties of undefined (reading 'foo'). " +
        'Mend the template, release the rules and start the run again: it sends what is left',
    );
    expect(await message('english')).toMatchObject({ state: 'delivered' });
    await expect(deliver()).rejects.toThrow('2 messages cannot be made');
    await writeFile(template, right);
    await deliver();
    expect(await database.db('message').whereNot({ state: 'delivered' })).toEqual([]);
  });

  test('a database that goes away meanwhile is no failed attempt: what was taken is known, and the rest goes out at once when it is back', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `cut-${String(index).padStart(2, '0')}`);
    for (const key of keys) {
      const data = { ...order, creditNote: { number: key } };
      await queue(key, { data: JSON.stringify(data) });
    }
    const books = await connect(database.url);
    let isAway = true;
    const invoicePdf = async (number: string) => {
      if (isAway && number >= 'cut-10') await books.raw('select pg_terminate_backend(pg_backend_pid())');
      return Buffer.from('%PDF-');
    };
    await expect(deliverDue({ ...through(sink.smtpUrl), invoicePdf }, {})).rejects.toThrow('terminating connection');
    const taken = await database.db('message').where({ state: 'delivered' }).pluck('key');
    expect(taken.sort()).toEqual(keys.slice(0, 10));
    isAway = false;
    await deliverDue({ ...through(sink.smtpUrl), invoicePdf }, {});
    await books.destroy();
    const rows = await database.db('message').orderBy('key').select('state', 'reason', 'attempts');
    expect(rows).toEqual(keys.map(() => ({ state: 'delivered', reason: null, attempts: 1 })));
  });

  test('what another living process has begun to send is left to it; once it is gone, it is offered again', async () => {
    const other = new pg.Client({ connectionString: database.url, application_name: 'ratebook of somebody else' });
    await other.connect();
    await queue('theirs', { state: 'attempting', attempts: 1, claimed_by: 'ratebook of somebody else' });
    await deliverDue(through(sink.smtpUrl), {});
    expect(await message('theirs')).toMatchObject({ state: 'attempting', attempts: 1 });
    await other.end();
    // The server notices the end of a connection a moment after its client.
    await expect
      .poll(
        async () =>
          (await database.db.raw("select 1 from pg_stat_activity where application_name = 'ratebook of somebody else'"))
            .rows,
      )
      .toEqual([]);
    await deliverDue(through(sink.smtpUrl), {});
    expect(await message('theirs')).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  test('a line break in a name begins no subject, header or body of its own', async () => {
    const data = {
      customer: {
        id: 'C',
        name: 'Eve\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>',
        language: 'en',
        email: '',
      },
      order: { id: 'O-9', category: 'phone', value: '1.00', currency: 'EUR', dueOn: '2026-06-12' },
    };
    await queue('evil', { template: 'order-delayed-staff', language: 'en', data: JSON.stringify(data) });
    await deliverDue(through(sink.smtpUrl), {});
    const mail = await readKeptMail(folder, '<evil@test.example>');
    expect(mail?.html).not.toContain('<script>');
    expect(mail?.subject).not.toContain('\n');
    expect(mail?.text).toContain('Eve');
  });

  test('a message is not sent before its time', async () => {
    await queue('later', { next_attempt_at: new Date(now + 3_600_000).toISOString() });
    await deliverDue(through(sink.smtpUrl), {});
    expect(await message('later')).toMatchObject({ state: 'queued', attempts: 0 });
  });

  test('two senders at once share the messages and send none twice', async () => {
    for (let index = 0; index < 30; index += 1) await queue(`shared-${index}`);
    await Promise.all([deliverDue(through(sink.smtpUrl), {}), deliverDue(through(sink.smtpUrl), {})]);
    const rows = await database.db('message').whereLike('key', 'shared-%');
    expect(rows.map((row) => [row.state, row.attempts])).toEqual(Array.from({ length: 30 }, () => ['delivered', 1]));
  });
});
