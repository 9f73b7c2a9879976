/** E-invoices of accounts at random, whose bills correct earlier ones, take off what was invoiced before and carry credit along. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderInvoiceXml } from '../../server/invoice/en16931/render-invoice-xml.ts';
import { creditNoteDocumentOf, documentOf, type InvoiceDocument } from '../../server/invoice/invoice-document.ts';
import type { Books } from '../engine/correction-books.ts';
import { booksOf, past, rules } from '../engine/drawn-past.ts';
import { brokenRules } from './en16931/checks.ts';
import { buyer, company } from './en16931/documents.ts';

test('no bill and no credit note breaks a rule of EN 16931, whatever it corrects', { timeout: 120_000 }, async () => {
  const found = { invoices: 0, 'of corrections': 0, 'credit notes': 0 };
  await fc.assert(
    fc.asyncProperty(past, async (drawnPast) => {
      for (const document of documentsOf(booksOf(drawnPast))) {
        const lines = document.subscriptions.flatMap((one) => one.lines);
        found[document.kind === 'invoice' ? 'invoices' : 'credit notes'] += 1;
        if (document.kind === 'invoice' && lines.some(({ kind }) => kind === 'correction'))
          found['of corrections'] += 1;
        expect(brokenRules(await renderInvoiceXml(document))).toEqual([]);
      }
    }),
    { numRuns: 25 },
  );
  expect(Object.values(found).every((count) => count > 0)).toBe(true);
});

function documentsOf({ issued, creditNotes }: Books): readonly InvoiceDocument[] {
  const issuedOn = (until: string) => `${until.slice(0, 8)}03`;
  const common = { customerId: 'C-1', billedTo: buyer, seller: company, rules: rules.document };
  const invoices = issued.map(({ number, bill }) =>
    documentOf({ ...common, number, issuedOn: issuedOn(bill.until), dueOn: issuedOn(bill.until), bill }),
  );
  const notes = creditNotes.map((note, index) =>
    creditNoteDocumentOf({
      ...common,
      number: `N-${index + 1}`,
      issuedOn: '2026-10-03',
      invoicedOn: issuedOn(note.until),
      note,
    }),
  );
  return [...invoices, ...notes];
}
