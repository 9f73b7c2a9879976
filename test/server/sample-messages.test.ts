import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { describe, expect, test } from 'vitest';
import { networkIn, numberIn } from '../../server/sample/numbers.ts';
import { randomStream } from '../../server/sample/random.ts';

const rules = join(import.meta.dirname, '../../rules');
const messages = join(rules, 'messages');
const eta = new Eta({ views: messages, autoTrim: false });

const data = {
  company: {
    name: 'Nordlicht Mobile',
    legalName: 'Nordlicht Mobile GmbH',
    street: 'Torstraße 140',
    postcode: '10119',
    city: 'Berlin',
    email: 'service@nordlicht-mobile.example',
    phone: '+49 30 5550 1000',
    website: 'www.nordlicht-mobile.example',
    iban: 'DE02120300000000202051',
  },
  customer: { id: 'C-000007', name: 'Böhm & <Söhne>', language: 'de', email: 'boehm@customers.example' },
  invoice: {
    number: '2026-NM-DE-000001',
    total: '35.70',
    open: '35.70',
    net: '30.00',
    tax: '5.70',
    currency: 'EUR',
    issuedOn: '2026-06-16',
    dueOn: '2026-06-30',
    from: '2026-05-01',
    until: '2026-06-01',
    url: 'https://console.example/invoices/1?a=1&b=2',
  },
  survey: { url: 'https://console.example/survey/a.b.c', until: '2026-07-16' },
  creditNote: {
    number: '2026-NM-DE-CN-000001',
    net: '3.00',
    tax: '0.57',
    total: '3.57',
    currency: 'EUR',
    url: 'https://console.example/credit-notes/1?a=1&b=2',
  },
  payment: { amount: '35.70', currency: 'EUR' },
  fee: { title: 'Reminder fee', amount: '2.50', currency: 'EUR' },
  order: {
    trackingUrl: 'https://parcels.example/1?a=1&b=2',
    id: 'O-000001',
    category: 'phone',
    value: '399.00',
    currency: 'EUR',
    dueOn: '2026-06-10',
  },
  voucher: { code: 'ABCD-EFGH-JKLM', take: '10 %', off: 'this order', validUntil: '2026-07-16' },
  subscription: { id: 'S-000009', plan: 'Mobile Flex', msisdn: '+4915790000297', renewsOn: '2026-07-01' },
  advantage: {
    title: 'Rented work equipment',
    base: '49.99',
    percent: '20',
    amount: '10.00',
    currency: 'EUR',
    yearlyCap: '1250.00',
    see: 'https://www.nordlicht-mobile.example/work-equipment',
  },
  format: {
    money: (amount: string, currency: string) => `${amount} ${currency}`,
    date: (iso: string) => `[${iso}]`,
    percent: (percent: string) => `${percent} %`,
  },
};

/** The same data, told of an invoice in mid-cycle. */
const interim = { ...data, invoice: { ...data.invoice, passed: [{ msisdn: '+4915790000297', threshold: '25.00' }] } };

const names = readdirSync(messages, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe.each(names)('the message %s', (name) => {
  const files = readdirSync(join(messages, name));

  test('says its purpose and sender, and is written in German and English', () => {
    const settings = JSON.parse(readFileSync(join(messages, name, 'message.json'), 'utf8'));
    expect(settings.purpose).toBe(['app-invitation', 'win-back'].includes(name) ? 'promotion' : 'service');
    expect(settings.sender).toMatch(/^Nordlicht Mobile <.+@.+>$/);
    const channels = [...new Set(files.flatMap((file) => /^\w\w\.(\w+)\.eta$/.exec(file)?.[1] ?? []))];
    expect(channels).not.toEqual([]);
    const [main] = channels.includes('email') ? ['email'] : channels;
    expect(files).toEqual(expect.arrayContaining([`de.${main}.eta`, `en.${main}.eta`]));
  });

  test.each(files.filter((file) => file.endsWith('.email.eta')))(
    '%s begins with a subject and goes on as a page',
    (file) => {
      const text = eta.render(`/${name}/${file}`, data);
      const [subject, ...page] = text.split('\n\n');
      expect(subject).toMatch(/^Subject: [^\n]{10,120}$/);
      expect(page.join('\n\n')).toMatch(/^<!doctype html>\n<html lang="(de|en)">/);
      expect(text).toContain(`<html lang="${file.slice(0, 2)}">`);
      expect(text).not.toMatch(/undefined|\[object/);
      expect(page.join('\n\n')).not.toContain('<Söhne>');
    },
  );

  test.each(files.filter((file) => file.endsWith('.sms.eta')))('%s is plain text of at most three SMS', (file) => {
    const text = eta.render(`/${name}/${file}`, data).trim();
    expect(text).not.toMatch(/undefined|\[object|&amp;|<|\n/);
    expect(text.length).toBeLessThanOrEqual(3 * 67);
  });
});

test.each([
  ['de', 'Ihre Zwischenrechnung', 'unter +4915790000297 hat seit dem [2026-05-01] den Betrag von 25.00 EUR'],
  ['en', 'Your interim invoice', 'with +4915790000297 has come to 25.00 EUR before VAT since [2026-05-01]'],
])('in %s an invoice in mid-cycle is told as one, with the reason', (language, title, reason) => {
  const mail = eta.render(`/invoice/${language}.email.eta`, interim);
  expect(mail).toMatch(new RegExp(`^Subject: ${title} 2026-NM-DE-000001 `));
  expect(mail).toContain(`>${title} i`);
  expect(mail).toContain(reason);
  const text = eta.render(`/invoice/${language}.sms.eta`, interim).trim();
  expect(text).toContain('25.00 EUR');
  expect(text).toContain(title);
  expect(text.length).toBeLessThanOrEqual(3 * 67);
});

test('every number and network of the sample lies in the zone that the tables give it', () => {
  const rows = (file: string): Map<string, string> =>
    new Map(
      readFileSync(join(rules, 'tables', file), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',') as [string, string]),
    );
  const [destinations, zones] = [rows('destinations.csv'), rows('roaming-zones.csv')];
  const random = randomStream(1);
  for (let i = 0; i < 500; i++) {
    for (const zone of ['home', 'eu', 'efta', 'world', 'premium'] as const) {
      const number = numberIn(random, zone);
      let length = number.length;
      while (!destinations.has(number.slice(0, length))) length--;
      expect(destinations.get(number.slice(0, length))).toBe(zone);
    }
    for (const zone of ['zone_1', 'zone_2'] as const) expect(zones.get(networkIn(random, zone))).toBe(zone);
  }
});
