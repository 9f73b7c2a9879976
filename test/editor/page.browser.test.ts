/** The console in a real browser over a real server with a small billed company. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumArguments, findChromium } from '../browser.ts';
import { startTestServer, type TestServer } from '../server/running-server.ts';
import { customerPages } from './customer-pages.ts';
import { putCursor, typeAtEnd } from './editing.ts';
import { desk, overflowOf, phone } from './screens.ts';

const executablePath = findChromium();

describe.skipIf(executablePath === undefined)('the console in a browser', () => {
  let browser: Browser;
  let server: TestServer;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    // The page under test is the page as it stands in the sources.
    await build({
      configFile: fileURLToPath(new URL('../../editor/vite.config.ts', import.meta.url)),
      logLevel: 'warn',
    });
    server = await startTestServer();
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: [...chromiumArguments] });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(async () => {
    faults = [];
    const context = await browser.newContext({ viewport: desk, locale: 'en-GB' });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
  });

  afterEach(async () => {
    await page.context().close();
    expect(faults).toEqual([]);
  });

  it('opens with the rules, highlighted, and without a complaint of the browser', async () => {
    await openRules();
    expect(await page.title()).toBe('Rules · Ratebook');
    expect(await page.locator('.view-lines [class*="mtk"]').count()).toBeGreaterThan(20);
    await page.getByText(/^None\. \d+ tests? to run\.$/).waitFor();
  });

  it('shows a mistake while it is typed, leads to it, and takes it back with it', async () => {
    await openRules();
    await typeAtEnd(
      page,
      'anomaly mistaken "x"\n  when cycel.data > 3 GB\n  flag invoice, severity low\n  because "x"',
    );
    const problem = page.locator('.problem.error').filter({ hasText: 'cycel.data' });
    await problem.waitFor();
    await page.locator('.view-lines .squiggly-error, .cdr.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+Home');
    await problem.click();
    await page.locator('.view-line').filter({ hasText: 'cycel.data' }).waitFor();
    for (let step = 0; step < 40 && (await problem.count()) > 0; step += 1) await page.keyboard.press('Control+Z');
    await problem.waitFor({ state: 'detached' });
  });

  it('completes a fact from the vocabulary', async () => {
    await openRules();
    await typeAtEnd(page, 'anomaly completed "x"\n  when history.da');
    await page.keyboard.press('Control+Space');
    const suggestion = page.locator('.suggest-widget .monaco-list-row').filter({ hasText: 'history.data.median' });
    await suggestion.first().waitFor();
    await suggestion.first().click();
    await page.locator('.view-line').filter({ hasText: 'when history.data.median' }).waitFor();
  });

  it('mends a mistake by the fix that the remedy says, with one key', async () => {
    await openRules();
    await typeAtEnd(page, 'anomaly mended "x"\n  when cycel.data > 3 GB\n  flag invoice, severity low\n  because "x"');
    await page.locator('.problem.error').filter({ hasText: 'cycel.data' }).click();
    await page.keyboard.press('Control+.');
    const fix = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'Write `cycle.data`' });
    await fix.waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.view-line').filter({ hasText: 'when cycle.data > 3 GB' }).waitFor();
    await page.locator('.problem.error').waitFor({ state: 'detached' });
  });

  it('goes to where a name comes from, in another file too, and to all its uses', async () => {
    await openRules('discounts.rules');
    await putCursor(page, 'for plan flex or', 10);
    await page.keyboard.press('F12');
    await page.locator('.toolbar-path').filter({ hasText: 'consumer.rules' }).waitFor();
    await page.locator('.view-line').filter({ hasText: 'plan flex "Mobile Flex"' }).waitFor();
    await page.keyboard.press('Shift+F12');
    await page.locator('.reference-zone-widget').waitFor();
    await page.keyboard.press('Escape');
  });

  it('renames in all files, and says why not', async () => {
    await openRules('discounts.rules');
    await putCursor(page, 'for plan flex or', 10);
    await renameTo('mobile_flex');
    await page.locator('.view-line').filter({ hasText: 'for plan mobile_flex or' }).waitFor();
    await page.locator('.file-edited').nth(2).waitFor();
    await page.getByText(/^None\. \d+ tests to run\.$/).waitFor();
    await putCursor(page, 'for plan mobile_flex or', 10);
    await renameTo('business');
    await page.locator('.monaco-editor-overlaymessage').filter({ hasText: 'is taken' }).waitFor();
  });

  it('shows the outline of a file, and what may be said in a clause', async () => {
    await openRules('consumer.rules');
    await putCursor(page, 'fee "Line rental"', 0);
    await page.keyboard.press('Control+Shift+O');
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'rate voice' }).first().waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('End');
    await page.keyboard.press('Control+Shift+Space');
    await page.locator('.parameter-hints-widget').filter({ hasText: 'A fee of the plan' }).waitFor();
  });

  it('formats a text on command, and colours names by what they name', async () => {
    await openRules('discounts.rules');
    const plain = page
      .locator('.view-line span span')
      .filter({ hasText: /^flex$/ })
      .first();
    const keyword = page
      .locator('.view-line span span')
      .filter({ hasText: /^discount$/ })
      .first();
    const colour = (of: typeof plain) => of.evaluate((span) => getComputedStyle(span).color);
    await expect.poll(() => colour(plain)).not.toBe(await colour(page.locator('.view-line .mtk1').first()));
    expect(await colour(plain)).not.toBe(await colour(keyword));
    await typeAtEnd(page, 'discount   loose\n     when cycle.data>5 GB\n take 1%   off all charges');
    await page.keyboard.press('Shift+Alt+F');
    await page.locator('.view-line').filter({ hasText: 'when cycle.data > 5 GB' }).waitFor();
  });

  it('runs the tests of the rules with what is not saved yet', async () => {
    await openRules();
    await page.getByRole('button', { name: 'Run tests' }).click();
    await page.getByText(/^All \d+ passed$/).waitFor();
    await typeAtEnd(page, 'test "a wrong expectation"\n  given plan flex\n  expect invoice total 1.23 EUR');
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.locator('.test.failed').filter({ hasText: 'a wrong expectation' }).waitFor();
  });

  it('simulates the invoice of one account', async () => {
    await openRules();
    await page.getByRole('button', { name: 'Simulate', exact: true }).click();
    await page.locator('.choice').first().click();
    await page.getByText('The total stays the same').waitFor();
    expect(await page.locator('.comparison .compared').count()).toBeGreaterThan(0);
  });

  it('shows an invoice as the customer sees it, and leads from a line to its rule', async () => {
    await page.goto(`${server.url}/#/runs`);
    await page.locator('tbody th a').first().click();
    await page.getByRole('link', { name: 'Invoices', exact: true }).last().click();
    await page.locator('tbody th a').first().click();
    const heading = page.getByRole('heading', { level: 1, name: /^Invoice ./ });
    const number = (await heading.textContent())?.replace('Invoice ', '') ?? 'no heading';
    await page.frameLocator('iframe').getByText(number).first().waitFor();
    await page.locator('.line .rule-link').first().click();
    await page.locator('.monaco-editor .view-line').first().waitFor();
    expect(page.url()).toMatch(/#\/rules\/.+\.rules\?line=\d+$/);
  });

  it('has a held bill rated again, and shows what still holds it', async () => {
    await page.goto(`${server.url}/#/exceptions`);
    const card = page
      .locator('.card')
      .filter({ has: page.getByRole('button', { name: /^Rate again/ }) })
      .first();
    const evidence = (await card.locator('.evidence').textContent()) ?? '';
    await card.getByRole('button', { name: /^Rate again/ }).click();
    await page.getByLabel('Reason (required)').fill('The records were corrected');
    await page.getByLabel('Your name (required)').fill('Anna Berger');
    await page.locator('dialog').getByRole('button', { name: 'Rate again' }).click();
    await page.locator('.said').filter({ hasText: 'is rated again' }).waitFor();
    // Nothing was mended.
    await page.locator('.card .evidence').getByText(evidence, { exact: true }).first().waitFor();
    await page.getByLabel('State').selectOption({ label: 'Rated again' });
    await page.locator('.card').filter({ hasText: 'The records were corrected' }).first().waitFor();
  });

  it('approves an exception by keyboard, with a reason', async () => {
    await page.goto(`${server.url}/#/exceptions`);
    const card = page.locator('.card').first();
    await card.getByRole('button', { name: /^Approve/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Reason (required)').fill('The customer confirmed the usage by phone');
    await page.getByLabel('Your name (required)').fill('Anna Berger');
    await page.keyboard.press('Enter');
    await card.getByText('Approved', { exact: true }).waitFor();
    await page.locator('.said').filter({ hasText: 'is approved' }).waitFor();
  });

  it('shows the draft that a decision is about, line by line, and steps back once it is decided', async () => {
    await page.setViewportSize(phone);
    await page.goto(`${server.url}/#/exceptions`);
    const card = page.locator('.card').filter({ hasText: 'See the draft' }).first();
    await card.getByRole('button', { name: /^See the draft/ }).click();
    await page.locator('dialog .line .line-because').first().waitFor();
    await page.locator('dialog .sum-total').waitFor();
    expect(await overflow()).toBe(0);
    expect(await page.locator('dialog').evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
    await page.locator('dialog').getByRole('button', { name: 'Close' }).click();
    const group = page.locator('.group').filter({ has: card });
    const count = Number(await group.locator('.count').textContent());
    await card.getByRole('button', { name: /^Approve/ }).click();
    await page.getByLabel('Reason (required)').fill('The customer confirmed it');
    await page.getByLabel('Your name (required)').fill('Anna Berger');
    await page.locator('dialog').getByRole('button', { name: 'Approve' }).click();
    await page
      .locator('.card')
      .getByRole('link', { name: /account and invoices$/ })
      .waitFor();
    expect(await page.locator('.count').allTextContents()).toContain(String(count - 1));
  });

  it('leads from refused usage to the faulty field, and takes one correction for all records with the same fault', async () => {
    await page.goto(`${server.url}/#/quarantine`);
    const group = page.locator('.quarantine-group').filter({ hasText: 'Unknown service' });
    const total = Number(await group.locator('.count').textContent());
    const cause = group.locator('.counts li').first();
    const records = Number(await cause.locator('.number').textContent());
    await cause.getByRole('link').click();
    const card = page.locator('.card').first();
    const wrong = await card.locator('.record-fields .faulty code').textContent();
    await card.getByRole('button', { name: /^Correct/ }).click();
    await page.getByLabel('service, at fault').fill('telex');
    await page.getByLabel('Your name (required)').fill('Anna Berger');
    await page.keyboard.press('Enter');
    await page.locator('dialog [role=alert]').filter({ hasText: 'telex' }).waitFor();
    await page.getByLabel('service, at fault').fill('voice');
    await page.getByLabel(/^The same in all/).check();
    await page.getByRole('button', { name: 'Correct and replay' }).click();
    await page.locator('.said').filter({ hasText: 'accepted' }).waitFor();
    await page.getByRole('link', { name: 'All reasons' }).click();
    await page.getByLabel('State').selectOption('Accepted since');
    await page.locator('.quarantine-group').getByRole('link', { name: 'Unknown service' }).click();
    await page.locator('.card').filter({ hasText: 'by Anna Berger' }).first().waitFor();
    const accepted = await server.book.db('quarantined_record').where({ state: 'replayed', decided_by: 'Anna Berger' });
    expect(accepted.length).toBeGreaterThan(1);
    expect(accepted.every(({ raw, corrected }) => corrected === raw.replace(`,${wrong},`, ',voice,'))).toBe(true);
    const left = await server.book.db('quarantined_record').where({ state: 'open', reason: 'unknown-service' });
    expect(left.length).toBe(total - accepted.length);
    expect(accepted.length).toBeLessThanOrEqual(records);
  });

  it('gives up what is never to be billed, with a reason, and tries what is left again', async () => {
    await page.setViewportSize(phone);
    await page.goto(`${server.url}/#/quarantine/too-old`);
    await page.getByRole('button', { name: /^Drop all/ }).click();
    await page.getByLabel('Why they are not billed (required)').fill('Older than the contract allows');
    await page.getByLabel('Your name (required)').fill('Anna Berger');
    await page
      .locator('dialog')
      .getByRole('button', { name: /^Drop all/ })
      .click();
    await page.locator('.said').filter({ hasText: 'dropped' }).waitFor();
    await page.getByText('No record waits for this reason any more').waitFor();
    await page.getByLabel('State').selectOption('Dropped');
    await page
      .locator('.card')
      .filter({ hasText: 'Anna Berger' })
      .filter({ hasText: 'Older than the' })
      .first()
      .waitFor();
    expect(await overflow()).toBe(0);
    await page.goto(`${server.url}/#/quarantine/unknown-subscriber`);
    await page.getByLabel('State').selectOption('Waiting');
    await page.getByRole('button', { name: /^Replay all/ }).click();
    await page
      .locator('dialog')
      .getByRole('button', { name: /^Replay all/ })
      .click();
    await page.locator('.said').filter({ hasText: 'still waiting: no subscription has the number' }).waitFor();
  });

  it('keeps all of its navigation beside the test clock, or in a menu', async () => {
    await page.goto(`${server.url}/#/runs`);
    await page.locator('.clock').waitFor();
    for (const width of [1280, 1300, 1409, 1440, 1665, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      const gap = await page.evaluate(() => {
        const right = document.querySelector('.bar nav li:last-child')?.getBoundingClientRect().right ?? 0;
        return (document.querySelector('.bar-end')?.getBoundingClientRect().left ?? 0) - right;
      });
      expect(gap).toBeGreaterThan(0);
    }
  });

  it('releases rules whose tests fail only in a second step', async () => {
    await writeFile(
      join(server.rulesFolder, 'wrong.rules'),
      'test "a wrong expectation"\n  given plan flex\n  expect invoice total 1.23 EUR\n\nplan spare "Spare" in EUR, round half even per line, split at boundaries\n  from 2026-01-01\n\n  fee "Rental" 1.00 EUR monthly in advance, prorated by day\n',
    );
    await openRules();
    await page.getByRole('button', { name: 'Release', exact: true }).click();
    await page.locator('.failing-tests .test.failed').filter({ hasText: 'a wrong expectation' }).waitFor();
    expect(await overflow()).toBe(0);
    await page.getByRole('button', { name: 'Release anyway …' }).click();
    await page.getByRole('button', { name: 'Release with 1 failing test' }).click();
    await page.locator('.release').waitFor({ state: 'detached' });
    // The browser itself reports the 409 that is wanted here.
    faults = faults.filter((fault) => !fault.includes('409'));
  });

  it('shows what an end in billed days gives back before it is entered, and who entered it afterwards', async () => {
    await page.goto(`${server.url}/#/accounts/A-000001`);
    await page.getByRole('button', { name: 'Correct the past of S-000001' }).click();
    await page.getByLabel('It was').selectOption('cancellation');
    await page.getByLabel('From').fill('2026-05-20');
    await page.getByRole('button', { name: 'Show what it changes' }).click();
    await page.locator('dialog .line-amount').filter({ hasText: '-€' }).waitFor();
    expect(await server.book.db('credit_note').where({ account_id: 'A-000001' })).toEqual([]);
    await page.getByLabel('Reason (required)').fill('Told on the phone');
    await page.getByLabel('Your name (required)').fill('Ada');
    await page.getByRole('button', { name: 'Enter and correct' }).click();
    await page.getByText('Cancelled 20 May 2026').waitFor();
    await page.getByRole('button', { name: 'Correct the past of S-000001' }).click();
    await page.locator('dialog .line').filter({ hasText: 'Ada: Told on the phone' }).waitFor();
    expect(await server.book.db('credit_note').where({ account_id: 'A-000001' }).select('run_id')).toEqual([
      { run_id: null },
    ]);
  });

  customerPages(() => ({ page, server }));

  it('says what to do when there is nothing at an address', async () => {
    await page.goto(`${server.url}/#/invoices/none`);
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
    // The browser itself reports the 404 that is wanted here.
    faults = faults.filter((fault) => !fault.includes('404'));
  });

  it.each(['rules', 'runs', 'invoices', 'exceptions', 'quarantine', 'messages', 'accounts', 'surveys'])(
    'fits the width of a phone on the page of %s, and of what it lists first',
    async (name) => {
      await page.setViewportSize(phone);
      await page.goto(`${server.url}/#/${name}`);
      const ready = page
        .locator(name === 'rules' ? '.view-line' : 'tbody tr, .card, .quarantine-group, .empty')
        .first();
      await ready.waitFor();
      expect(await overflow()).toBe(0);
      const first = page.locator('tbody th a').first();
      if (name === 'rules' || (await first.count()) === 0) return;
      await first.click();
      await page.locator('.panel, .table-frame').first().waitFor();
      expect(await overflow()).toBe(0);
    },
  );

  it('keeps the long id of a payment that nobody knows inside its card on a phone', async () => {
    const id = '2026-06-15-DE02120300000000202051-0000000000000000000000001';
    const body = JSON.stringify({ provider: 'shop', id, amount: '480.00', currency: 'EUR', method: 'manual' });
    await fetch(`${server.url}/v1/payments`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    await page.setViewportSize(phone);
    await page.goto(`${server.url}/#/exceptions`);
    await page.locator('.card-head').filter({ hasText: id }).waitFor();
    expect(await overflow()).toBe(0);
  });

  async function openRules(file?: string): Promise<void> {
    await page.goto(file === undefined ? `${server.url}/` : `${server.url}/#/rules/${file}`);
    await page.locator('.monaco-editor .view-line').first().waitFor();
    await page.getByText('Checking …').waitFor({ state: 'detached' });
  }

  async function renameTo(name: string): Promise<void> {
    await page.keyboard.press('F2');
    await page.locator('.rename-box input').waitFor();
    await page.locator('.rename-box input').fill(name);
    await page.keyboard.press('Enter');
  }

  function overflow(): Promise<number> {
    return overflowOf(page);
  }
});
