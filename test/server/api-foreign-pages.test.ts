import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './api-books.ts';

describe('pages of others', () => {
  let it: ApiUnderTest;
  beforeAll(async () => {
    const editorFolder = await mkdtemp(join(tmpdir(), 'ratebook-editor-'));
    await writeFile(join(editorFolder, 'index.html'), '<!doctype html>');
    it = await startApi({ allowedHosts: ['billing.example.com'], editorFolder });
  });
  afterAll(() => it.close());

  test.each([
    'localhost',
    'localhost:8080',
    '127.0.0.1:8080',
    '[::1]:8080',
    'billing.example.com',
    'BILLING.example.com',
  ])('are no matter where the host is %s', async (host) => {
    for (const url of ['/v1/health', '/'])
      expect((await it.api.inject({ url, headers: { host } })).statusCode).toBe(200);
  });

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.evil.example',
    '192.0.2.1',
    'a b',
  ])('read nothing under the name “%s”, wherever it points', async (host) => {
    for (const url of ['/v1/accounts', '/', '/v1/nothing']) {
      const response = await it.api.inject({ url, headers: { host } });
      expect(response.json()).toMatchObject({ status: 403, type: '/v1/problems/forbidden-host' });
    }
  });

  const release = (host: string, origin: string) =>
    it.api.inject({ method: 'POST', url: '/v1/rules/release', headers: { host, origin } });

  test.each([
    ['127.0.0.1:8080', 'https://evil.example'],
    ['127.0.0.1:8080', 'http://127.0.0.1:3000'],
    ['127.0.0.1:8080', 'http://127.0.0.1.evil.example:8080'],
    ['127.0.0.1:8080', 'null'],
    ['billing.example.com', 'https://evil.example'],
  ])('change nothing: at %s from %s', async (host, origin) => {
    expect((await release(host, origin)).json()).toMatchObject({ status: 403, type: '/v1/problems/forbidden-origin' });
    expect(await it.db('rule_set')).toEqual([]);
  });

  test.each([
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['localhost:8080', 'http://localhost:8080'],
    ['billing.example.com', 'https://billing.example.com'],
    ['127.0.0.1:8080', 'https://billing.example.com'],
  ])('are not what comes to %s from %s', async (host, origin) => {
    expect((await release(host, origin)).statusCode).not.toBe(403);
  });

  test('may link here: reading names an origin and is let in', async () => {
    const response = await it.api.inject({ url: '/v1/health', headers: { origin: 'https://mail.example' } });
    expect([response.statusCode, response.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });
});
