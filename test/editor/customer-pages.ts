/** What the console and the documents show of single customers, on a desk and on a phone. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { TestServer } from '../server/running-server.ts';
import { desk, overflowOf, phone } from './screens.ts';

/** The page and the server of the test that runs. */
type Place = () => { readonly page: Page; readonly server: TestServer };

export function customerPages(at: Place): void {
  accountPage(at);
  surveysPage(at);
  invoiceDocument(at);
}

function post({ server }: ReturnType<Place>, path: string, type: string, body: string): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', headers: { 'content-type': type }, body });
}

function accountPage(at: Place): void {
  it('lists on the page of an account what was given back and paid out, with the documents', async () => {
    const { page, server } = at();
    const send = (path: string, body: object) => post(at(), path, 'application/json', JSON.stringify(body));
    const { invoices } = await (
      await send(`/v1/subscriptions/S-000002/backdated-changes`, {
        changes: [{ kind: 'cancellation', on: '2026-05-20' }],
        apply: { by: 'Ada', why: 'Told on the phone' },
      })
    ).json();
    const { number } = invoices[0].creditNotes[0];
    const account = 'A-000002';
    const paid = {
      provider: 'cash',
      id: 'much',
      amount: '400.00',
      currency: 'EUR',
      method: 'manual',
      accountId: account,
    };
    await send('/v1/payments', paid);
    await send(`/v1/accounts/${account}/pay-outs`, { id: 'much', amount: '12.50', by: 'Ada', reason: 'Asks for it' });
    for (const viewport of [desk, phone]) {
      await page.setViewportSize(viewport);
      await page.goto(`${server.url}/#/accounts/${account}`);
      await page.reload();
      // A trial fails where something lies over the link.
      await page.getByRole('link', { name: `PDF of ${number}` }).click({ trial: true });
      await page.getByRole('link', { name: number, exact: true }).click({ trial: true });
      await page.getByText('Refund of €12.50').waitFor();
      expect(await overflowOf(page)).toBe(0);
    }
    for (const [name, type] of [
      [`PDF of ${number}`, 'application/pdf'],
      [number, 'text/html'],
    ] as const) {
      const href = await page.getByRole('link', { name, exact: true }).getAttribute('href');
      expect((await fetch(server.url + href)).headers.get('content-type')).toContain(type);
    }
  });
}

function surveysPage(at: Place): void {
  it('shows what customers answered, month by month, and reads on a phone as on a desk', async () => {
    const { page, server } = at();
    for (const [index, id] of ['S-000005', 'S-000006'].entries())
      await post(
        at(),
        '/v1/events',
        'application/cloudevents+json',
        JSON.stringify({
          ...{ specversion: '1.0', id: `leaves-${index}`, source: '/crm', type: 'ratebook.subscription.cancelled' },
          ...{ time: '2026-06-16T08:30:00+02:00', data: { subscriptionId: id } },
        }),
      );
    const { data } = await server.book.db('message').where({ template: 'why-cancel' }).first();
    const answer = new URLSearchParams({ reason: 'price', comment: 'Too dear for what it is '.repeat(6), kept: '' });
    await post(at(), `/survey/${data.survey.token}`, 'application/x-www-form-urlencoded', answer.toString());
    for (const viewport of [desk, phone]) {
      await page.setViewportSize(viewport);
      await page.goto(`${server.url}/#/surveys`);
      await page.reload();
      await page.locator('.reasons caption').filter({ hasText: 'June 2026' }).waitFor();
      await page.getByText('Not answered').first().waitFor();
      expect(await overflowOf(page)).toBe(0);
    }
    const words = page.locator('td.prose');
    expect(await words.filter({ hasText: 'Too dear' }).evaluate((cell) => getComputedStyle(cell).textAlign)).toBe(
      'start',
    );
    // A title without anything said is left out.
    expect(await words.filter({ hasText: /^$/ }).first().isVisible()).toBe(false);
  });
}

function invoiceDocument(at: Place): void {
  it('shows an invoice on a phone with nothing cut off', async () => {
    const { page, server } = at();
    const { number } = await server.book.db('invoice').where({ run_id: server.runId }).orderBy('number').first();
    await page.setViewportSize(phone);
    await page.setContent(await (await fetch(`${server.url}/v1/invoices/${number}/html`)).text());
    const cut = await page
      .locator('dd, .wide')
      .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent));
    expect(cut).toEqual([]);
  });
}
