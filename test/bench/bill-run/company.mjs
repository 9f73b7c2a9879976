// The company whose month the bill-run bench bills: drawn from a seed, written straight into the books.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../facts.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const load = (path) => import(join(root, 'dist', path));

export const month = { closesFrom: '2026-05-31', closesUntil: '2026-06-16', issuedOn: '2026-06-16' };

/** Own plans, discounts and limits; tables, taxes and shared names as shipped. */
export async function compileBenchRules() {
  const { compileRules } = await load('dsl/compile.js');
  const { holidaysOf } = await load('server/rules/holidays.js');
  const read = (folder, keep) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: path.slice(folder.length + 1), text: readFileSync(path, 'utf8') }))
      .filter(({ path }) => keep.test(path));
  const shipped = read(join(root, 'rules'), /^(shared\.rules|taxes\.rules|tables\/.*)$/).map((file) =>
    // Their tests are about the shipped plans.
    file.path.endsWith('.rules') ? { ...file, text: file.text.replace(/^test [\s\S]*/m, '') } : file,
  );
  const own = read(join(root, 'test/bench/rules/bill-run'), /\.rules$/);
  const { ruleSet, diagnostics } = compileRules({ files: [...shipped, ...own] }, { holidays: holidaysOf });
  if (!ruleSet) throw new Error(`The rules of the bench have faults: ${JSON.stringify(diagnostics, null, 1)}`);
  return ruleSet;
}

/** Fills empty books: `accounts` accounts of one subscription each with `events` events of May 2026, 13 past cycles of a third of them. */
export async function fillBooks(db, { accounts, events, seed = 7 }, ruleSet) {
  const { copyRows } = await load('server/database/copy.js');
  const random = seededRandom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const people = Array.from({ length: accounts }, (_, index) => person(index, pick, random));
  await db.transaction(async (trx) => {
    const copy = (table, columns, rows) => copyRows(trx, table, columns, rows);
    await trx('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
    await copy(
      'customer',
      ['customer_id', 'name', 'category', 'country', 'tax_country', 'vat_id', 'language', 'zone'],
      people.map((one) => [
        one.customer,
        one.name,
        one.category,
        'DE',
        one.taxCountry,
        one.vatId,
        'en',
        'Europe/Berlin',
      ]),
    );
    await copy(
      'billing_account',
      ['account_id', 'customer_id', 'legal_entity', 'currency', 'zone', 'cycle_day', 'opened_on'],
      people.map((one) => [one.account, one.customer, 'BN-DE', 'EUR', 'Europe/Berlin', one.cycleDay, '2024-01-01']),
    );
    await copy(
      'subscription',
      ['subscription_id', 'account_id', 'plan', 'msisdn', 'payment', 'accepted_on', 'activated_on'],
      people.map((one) => [one.subscription, one.account, one.plan, one.msisdn, 'manual', one.since, one.since]),
    );
    await copy(
      'past_cycle',
      ['account_id', 'subscription_id', 'period_from', 'period_until', 'usage', 'charges'],
      pastCycles(people),
    );
    await trx('usage_file').insert({
      source: 'BENCH',
      sequence: 1,
      name: 'bench.csv',
      sha256: 'bench',
      announced: accounts * events,
      lines_read: accounts * events,
      accepted: accounts * events,
      duplicate: 0,
      quarantined: 0,
      late: 0,
    });
    await copy('usage_event', usageColumns, usage(people, events, random));
  });
  await db.raw('vacuum analyze');
}

/** The columns of usage that a bill depends on or that tell where it came from: what the rival copies out. */
export const usageColumns = [
  'account_id',
  'subscription_id',
  'source',
  'record_id',
  'sequence',
  'msisdn',
  'service',
  'start_at',
  'duration_ms',
  'bytes',
  'messages',
  'direction',
  'called_number',
  'calling_number',
  'visited_network',
  'file_id',
];

function person(index, pick, random) {
  const number = String(index + 1).padStart(6, '0');
  const business = random() < 0.2;
  const taxCountry = business && random() < 0.1 ? pick(['AT', 'FR', 'NL']) : 'DE';
  return {
    customer: `C-${number}`,
    account: `A-${number}`,
    subscription: `S-${number}`,
    msisdn: `+49157${String(10_000_000 + index)}`,
    name: `Customer ${number}`,
    category: business ? 'business' : 'consumer',
    taxCountry,
    vatId: business ? `${taxCountry}${100_000_000 + index}` : null,
    plan: business ? 'office' : pick(['start', 'start', 'talk']),
    cycleDay: pick([1, 1, 8, 15]),
    since: pick(['2024-02-01', '2025-03-12', '2025-11-20']),
    pastCycles: index % 3 === 0 ? 13 : 3,
  };
}

function* pastCycles(people) {
  for (const one of people) {
    for (let back = 1; back <= one.pastCycles; back += 1) {
      const day = String(one.cycleDay).padStart(2, '0');
      const from = new Date(Date.UTC(2026, 4 - back, one.cycleDay)).toISOString().slice(0, 7);
      const until = new Date(Date.UTC(2026, 5 - back, one.cycleDay)).toISOString().slice(0, 7);
      const use = { voice: 3_600_000 + back * 60_000, data: 6e9 + back * 1e7, sms: 20 + back };
      yield [one.account, one.subscription, `${from}-${day}`, `${until}-${day}`, use, '21.50'];
    }
  }
}

/** Events as they arrive: in order of time over all customers. */
function* usage(people, events, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const firstDay = Date.UTC(2026, 4, 1);
  let sequence = 0;
  for (let event = 0; event < events; event += 1) {
    for (const one of people) {
      sequence += 1;
      const cycleStart = firstDay + (one.cycleDay - 1) * 86_400_000;
      const startAt = Math.floor(cycleStart + ((event + random() * 0.9) * 30 * 86_400_000) / events);
      const service = random() < 0.5 ? 'data' : random() < 0.7 ? 'voice' : 'sms';
      const outgoing = service === 'data' || random() < 0.7;
      const other = number(random, pick);
      yield [
        ...[one.account, one.subscription, 'BENCH', `R${sequence}`, sequence, one.msisdn, service, startAt],
        service === 'voice' ? Math.floor(10_000 + random() * random() * 900_000) : 0,
        service === 'data' ? Math.floor(random() * random() * 4e8) : 0,
        service === 'sms' ? 1 : 0,
        outgoing ? 'outgoing' : 'incoming',
        ...(service === 'data' ? ['', one.msisdn] : outgoing ? [other, one.msisdn] : [one.msisdn, other]),
        random() < 0.95 ? '26299' : pick(['23201', '20801', '310260']),
        1,
      ];
    }
  }
}

function number(random, pick) {
  const digits = String(Math.floor(random() * 1e7)).padStart(7, '0');
  return `${pick(['+4930', '+4930', '+4989', '+49151', '+49171', '+4315', '+331', '+1212', '+49900'])}${digits}`;
}
