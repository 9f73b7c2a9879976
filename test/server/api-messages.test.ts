import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCompany } from '../../server/company.ts';
import { createMessageRenderer } from '../../server/delivery/render-message.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { enrol, instant } from './engagement-books.ts';

describe('messages whose template is missing or broken', () => {
  let it: ApiUnderTest;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratebook-messages-'));
    await mkdir(join(folder, 'messages/greeting'), { recursive: true });
    await writeFile(join(folder, 'messages/greeting/en.email.eta'), 'Subject: Hello\n\n<p>Hello</p>');
    await writeFile(join(folder, 'messages/greeting/de.email.eta'), 'Subject: Hallo\n\n<p><%= it.name( %></p>');
    const company = await readCompany(join(import.meta.dirname, '../../rules'));
    const renderer = createMessageRenderer(folder, company, 'http://localhost');
    it = await startApi({ renderMessage: async (message) => renderer.render(message) });
    await enrol(it.db, 'C-1');
    for (const language of ['en', 'de', 'fr']) await queue(language);
  });
  afterEach(async () => {
    await it.close();
    await rm(folder, { recursive: true });
  });

  async function queue(language: string): Promise<void> {
    const at = new Date(instant('2026-06-16T10:00:00Z'));
    await it.db('message').insert({
      ...{ key: `K-${language}`, purpose: 'service', template: 'greeting', rule: 'notify.greeting', channel: 'email' },
      ...{ customer_id: 'C-1', language, zone: 'Europe/Berlin', data: '{}', state: 'queued' },
      recipient: language === 'en' ? 'c-1@example.org' : 'staff@example.org',
      ...{ not_before: at, next_attempt_at: at, smtp_message_id: language },
    });
  }

  test('are listed without a subject and with the reason, beside those that can be read', async () => {
    const { items } = (await it.api.inject('/v1/messages')).json();
    expect(items.map(({ key, subject, problem }: Record<string, unknown>) => ({ key, subject, problem }))).toEqual([
      { key: 'K-de', subject: '', problem: 'Bad template syntax: missing ) after argument list' },
      { key: 'K-en', subject: 'Hello', problem: undefined },
      { key: 'K-fr', subject: '', problem: 'Could not find template: messages/greeting/fr.email.eta' },
    ]);
  });

  test('are answered with template, language and reason, and never with a place on this machine', async () => {
    const broken = await it.api.inject('/v1/messages/K-de');
    expect(broken.json()).toMatchObject({
      type: '/v1/problems/message-unreadable',
      status: 409,
      detail: 'Template greeting in language de: Bad template syntax: missing ) after argument list',
      template: 'greeting',
      language: 'de',
    });
    const missing = await it.api.inject('/v1/messages/K-fr');
    expect(missing.statusCode).toBe(409);
    expect(missing.body).not.toContain(folder);
    expect(it.logged).toEqual([]);
  });

  test('say whether they go to the customer or to somebody who is told about the customer', async () => {
    const { items } = (await it.api.inject('/v1/messages')).json();
    expect(items.map((item: { toCustomer: boolean }) => item.toCustomer)).toEqual([false, true, false]);
  });
});
