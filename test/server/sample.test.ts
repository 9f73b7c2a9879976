import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateCompany, type Manifest } from '../../server/sample/generate.ts';
import { runOver, type Truth } from './sample-reader.ts';

const root = mkdtempSync(join(tmpdir(), 'ratebook-sample-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const small = { accounts: 60, records: 12_000 };

test('the same seed gives the same company, to the byte', async () => {
  await generateCompany(join(root, 'a'), { seed: 7, ...small });
  await generateCompany(join(root, 'b'), { seed: 7, ...small });
  expect(folderHash(join(root, 'a'))).toBe(folderHash(join(root, 'b')));
});

test('another seed gives another company', async () => {
  await generateCompany(join(root, 'c'), { seed: 8, ...small });
  expect(folderHash(join(root, 'c'))).not.toBe(folderHash(join(root, 'a')));
});

test('a company is refused that is too small to hide its faults in', async () => {
  await expect(generateCompany(join(root, 'd'), { seed: 7, accounts: 60, records: 900 })).rejects.toThrow(RangeError);
  await expect(generateCompany(join(root, 'd'), { seed: 7, accounts: 3, records: 900 })).rejects.toThrow(
    'ask for 30 accounts or more',
  );
});

test('progress counts up to all lines', async () => {
  const seen: number[] = [];
  await generateCompany(join(root, 'e'), { seed: 9, ...small, onProgress: (done) => seen.push(done) });
  expect(seen.at(-1)).toBe(small.records);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

describe('the company of the demo', () => {
  const folder = join(root, 'demo');
  let manifest: Manifest;
  let truth: Truth;
  const rows = (file: string): Record<string, string>[] => parse(readFileSync(join(folder, file)), { columns: true });

  beforeAll(async () => {
    await generateCompany(folder, { seed: 42, accounts: 1200, records: 260_000 });
    manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    truth = runOver(folder);
  }, 60_000);

  test('has the size that the demo promises', () => {
    expect(manifest.accounts).toBe(1200);
    expect(rows('accounts.csv')).toHaveLength(1200);
    expect(rows('subscriptions.csv')).toHaveLength(manifest.subscriptions);
    expect(manifest.lines).toBe(260_000);
    expect(manifest.accepted).toBeGreaterThanOrEqual(250_000);
    expect(new Set(rows('accounts.csv').map((account) => account.zone))).toEqual(
      new Set(['Europe/Berlin', 'Europe/Lisbon', 'Europe/Helsinki']),
    );
    expect(new Set(rows('accounts.csv').map((account) => account.cycle_day))).toEqual(new Set(['1', '8', '15', '31']));
  });

  test('holds exactly the records and faults that its manifest names', () => {
    expect(truth.counts).toEqual({
      files: manifest.files,
      lines: manifest.lines,
      accepted: manifest.accepted,
      duplicates: manifest.duplicates,
      late: manifest.late,
      malformed: manifest.malformed,
      gaps: manifest.gaps,
      trailerMismatches: manifest.trailerMismatches,
    });
    const malformed = Object.values(manifest.malformed).reduce((sum, count) => sum + count, 0);
    expect(manifest.accepted + manifest.duplicates + malformed).toBe(manifest.lines);
    expect(Object.keys(manifest.malformed)).toHaveLength(8);
    expect(manifest.gaps).not.toEqual([]);
    expect(manifest.trailerMismatches).toHaveLength(1);
  });

  test('delivers records out of order', () => {
    expect(truth.filesInOrder).toBe(0);
  });

  test('is used only by subscriptions in service', () => {
    expect(truth.outsideService).toEqual([]);
    expect(truth.subscriptionsUsed).toBe(manifest.subscriptions);
  });

  test('lets every service, direction, zone and tier of use occur', () => {
    expect(truth.services).toEqual(new Set(['voice', 'sms', 'data']));
    expect(truth.directions).toEqual(new Set(['outgoing', 'incoming']));
    expect(truth.destinations).toEqual(new Set(['home', 'eu', 'efta', 'world', 'premium']));
    expect(truth.roamingZones).toEqual(new Set(['home', 'zone_1', 'zone_2']));
    const gigabytes = [...truth.use.values()].map(({ bytes }) => bytes / 1e9);
    expect(gigabytes.some((use) => use > 150)).toBe(true);
    expect(gigabytes.some((use) => use > 60 && use < 100)).toBe(true);
    expect([...truth.use.values()].some(({ voiceSeconds }) => voiceSeconds > 300 * 60)).toBe(true);
    expect([...truth.use.values()].some(({ messages }) => messages > 100)).toBe(true);
  });

  test('has accounts that go far beyond their own past exactly where the manifest says so', () => {
    const accountOf = new Map(rows('subscriptions.csv').map((it) => [it.subscription_id, it.account_id]));
    const pastData = new Map<string, number[]>();
    for (const cycle of rows('past-cycles.csv')) {
      const id = cycle.subscription_id as string;
      pastData.set(id, [...(pastData.get(id) ?? []), JSON.parse(cycle.usage as string).data]);
    }
    const spikes: (string | undefined)[] = [];
    const shocks: (string | undefined)[] = [];
    for (const [id, use] of truth.use) {
      const past = pastData.get(id);
      if (use.premiumSeconds > 3600) shocks.push(accountOf.get(id));
      if (past === undefined || use.bytes <= 5e9) continue;
      const factor = use.bytes / (past.sort((a, b) => a - b)[past.length >> 1] as number);
      if (factor > 2) spikes.push(accountOf.get(id));
      if (factor > 2) expect(factor).toBeGreaterThan(3.5);
    }
    const named = (why: string): string[] =>
      manifest.abnormalAccounts.filter((account) => account.why === why).map(({ accountId }) => accountId);
    expect(spikes.sort()).toEqual(named('usage_spike'));
    expect(shocks.sort()).toEqual(named('bill_shock'));
    expect(manifest.abnormalAccounts).toHaveLength(12);
  });

  test('refers only to what exists', () => {
    const ids = (file: string, column: string): Set<string | undefined> => {
      const all = rows(file).map((row) => row[column]);
      expect(new Set(all).size).toBe(all.length);
      return new Set(all);
    };
    const customers = ids('customers.csv', 'customer_id');
    const accounts = ids('accounts.csv', 'account_id');
    const subscriptions = ids('subscriptions.csv', 'subscription_id');
    const invoices = ids('invoices.csv', 'number');
    ids('subscriptions.csv', 'msisdn');
    ids('payments.csv', 'payment_id');
    ids('orders.csv', 'order_id');
    for (const row of rows('accounts.csv')) expect(customers).toContain(row.customer_id);
    for (const row of rows('orders.csv')) expect(customers).toContain(row.customer_id);
    for (const row of rows('subscriptions.csv')) expect(accounts).toContain(row.account_id);
    for (const row of rows('past-cycles.csv')) expect(subscriptions).toContain(row.subscription_id);
    for (const row of rows('invoices.csv')) expect(accounts).toContain(row.account_id);
    for (const row of rows('payments.csv')) expect(invoices).toContain(row.invoice_number);
  });

  test('was invoiced for its past cycles to the cent, and not paid more than that', () => {
    const charged = new Map<string, bigint>();
    for (const cycle of rows('past-cycles.csv')) {
      const key = `${cycle.account_id} ${cycle.period_from}`;
      charged.set(key, (charged.get(key) ?? 0n) + cents(cycle.charges));
    }
    const open = new Map<string, bigint>();
    for (const invoice of rows('invoices.csv')) {
      const bill = JSON.parse(invoice.bill as string);
      const net = cents(invoice.net);
      expect(net).toBe(charged.get(`${invoice.account_id} ${invoice.period_from}`));
      expect(sum(bill.lines)).toBe(net);
      expect(sum(bill.taxes)).toBe(cents(invoice.tax));
      const percent = bill.taxes[0].category === 'AE' ? 0n : 19n;
      expect(cents(invoice.tax)).toBe((net * percent + 50n) / 100n);
      expect(cents(invoice.total)).toBe(net + cents(invoice.tax));
      open.set(invoice.number as string, cents(invoice.total));
    }
    expect(open.size).toBe(charged.size);
    const total = [...open.values()].reduce((a, b) => a + b, 0n);
    for (const payment of rows('payments.csv')) {
      const left = (open.get(payment.invoice_number as string) as bigint) - cents(payment.amount);
      expect(left).toBeGreaterThanOrEqual(0n);
      open.set(payment.invoice_number as string, left);
    }
    const unpaid = [...open.values()].reduce((a, b) => a + b, 0n);
    expect(unpaid).toBeGreaterThan(total / 100n);
    expect(unpaid).toBeLessThan(total / 10n);
  });

  test('gives engagement something to do: no app account, orders overdue, renewals due, reverse charge', () => {
    const customers = rows('customers.csv');
    expect(new Set(customers.map((customer) => customer.has_app_account))).toEqual(new Set(['true', 'false', '']));
    expect(new Set(customers.map((customer) => customer.language))).toEqual(new Set(['de', 'en']));
    expect(customers.filter((it) => it.tax_country !== 'DE' && it.vat_id !== '').length).toBeGreaterThan(20);
    const overdue = rows('orders.csv').filter(
      (order) => order.completed_at === '' && (order.due_on as string) < '2026-06-16',
    );
    expect(overdue.length).toBeGreaterThan(10);
    const renewals = rows('subscriptions.csv').filter((it) => it.payment === 'manual' && it.renews_on !== '');
    expect(renewals.length).toBeGreaterThan(100);
    for (const it of renewals) expect((it.renews_on as string) > '2026-06-16').toBe(true);
  });
});

function sum(parts: readonly { amount: string }[]): bigint {
  return parts.reduce((total, part) => total + cents(part.amount), 0n);
}

function cents(amount: string | undefined): bigint {
  expect(amount).toMatch(/^\d+\.\d\d$/);
  return BigInt((amount as string).replace('.', ''));
}

function folderHash(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.(csv|json)$/.test(name)) continue;
    hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}
