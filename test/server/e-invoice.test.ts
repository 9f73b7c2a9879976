import { describe, expect, test } from 'vitest';
import { NotExpressible } from '../../server/invoice/en16931/amounts.ts';
import { renderInvoiceXml } from '../../server/invoice/en16931/render-invoice-xml.ts';
import { viewInvoice } from '../../server/invoice/invoice-view.ts';
import { brokenRules, checks } from './en16931/checks.ts';
import { business, inEuros, invoiceOf } from './en16931/documents.ts';
import { kinds } from './en16931/kinds.ts';
import { at, readXml, textAt } from './en16931/xml.ts';

const xmlOf = (kind: string) => {
  const make = kinds[kind];
  if (!make) throw new Error(`no kind ${kind}`);
  return renderInvoiceXml(make());
};

describe('An e-invoice breaks no rule of EN 16931', () => {
  test.each(Object.keys(kinds))('%s', async (kind) => {
    expect(brokenRules(await xmlOf(kind))).toEqual([]);
  });
});

describe('An e-invoice', () => {
  test('has the sums of the bill: 12.00 + 5.35 less a tenth of each, 1.20 and 0.54, by tax', async () => {
    const invoice = readXml(await xmlOf('discounts on several rates'));
    const amounts = at(invoice, 'cac:AllowanceCharge').map((one) => [
      textAt(one, 'cbc:AllowanceChargeReason'),
      textAt(one, 'cbc:Amount'),
      textAt(one, 'cac:TaxCategory/cbc:Percent'),
    ]);
    // 10 % of 17.35 is 1.735, rounded half up to 1.74; the first part is 1.20, and the second what is left of it.
    expect(amounts).toEqual([
      ['Loyal customer · +491701234567', '1.20', '19'],
      ['Loyal customer · +491701234567', '0.54', '7'],
    ]);
    expect(textAt(invoice, 'cac:LegalMonetaryTotal/cbc:LineExtensionAmount')).toBe('17.35');
    expect(textAt(invoice, 'cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount')).toBe('15.61');
    // 19 % of 10.80 is 2.052 and 7 % of 4.81 is 0.3367: 2.05 + 0.34.
    expect(textAt(invoice, 'cac:TaxTotal/cbc:TaxAmount')).toBe('2.39');
    expect(textAt(invoice, 'cac:LegalMonetaryTotal/cbc:PayableAmount')).toBe('18.00');
  });

  test('says a quantity in units of UN/ECE, and a price that multiplies to the line', async () => {
    const lines = at(readXml(await xmlOf('one rate, with usage')), 'cac:InvoiceLine');
    const told = lines.map((line) => {
      const quantity = at(line, 'cbc:InvoicedQuantity')[0];
      const price = `${textAt(line, 'cac:Price/cbc:PriceAmount')} for ${textAt(line, 'cac:Price/cbc:BaseQuantity') || 1}`;
      return `${textAt(line, 'cac:Item/cbc:Name')}: ${quantity?.text} ${quantity?.attributes.unitCode}, ${price}`;
    });
    // 198 s at 0.07 a minute are 0.231; 1.234567891 GB at 1.20 are 1.4814….
    expect(told).toEqual([
      'Line rental: 1 C62, 12.00 for 1',
      'Voice: 198 SEC, 0.23 for 198',
      'Data: 1234.567891 4L, 1.48 for 1234.567891',
      'Sms: 1 C62, 0.09 for 1',
    ]);
  });

  test('names the law where nothing is taxed', async () => {
    const reason = async (kind: string) => {
      const category = at(readXml(await xmlOf(kind)), 'cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory').at(-1);
      return category && [textAt(category, 'cbc:TaxExemptionReasonCode'), textAt(category, 'cbc:TaxExemptionReason')];
    };
    expect(await reason('reverse charge')).toEqual(['VATEX-EU-AE', 'Reverse charge: the recipient owes the tax']);
    expect(await reason('exempt only')).toEqual(['', 'Small business, no VAT (§ 19 UStG)']);
    expect(await reason('exempt for two reasons')).toEqual([
      '',
      'Kleinunternehmer nach § 19 UStG; Versicherung ist steuerfrei',
    ]);
    expect(await reason('outside the scope of VAT')).toEqual(['VATEX-EU-O', 'Damages are not subject to VAT']);
  });

  test('tells what is outside the scope of VAT as exempt where something else is taxed, in one breakdown with what is exempt', async () => {
    const subtotals = at(
      readXml(await xmlOf('outside the scope and exempt beside taxed')),
      'cac:TaxTotal/cac:TaxSubtotal',
    );
    expect(subtotals.map((one) => [textAt(one, 'cac:TaxCategory/cbc:ID'), textAt(one, 'cbc:TaxableAmount')])).toEqual([
      ['E', '7.49'],
      ['S', '12.00'],
    ]);
  });

  test('announces a direct debit with creditor and mandate, and asks for a transfer with the account of the seller', async () => {
    const debit = readXml(await xmlOf('direct debit'));
    expect(textAt(debit, 'cac:PaymentMeans/cbc:PaymentMeansCode')).toBe('59');
    expect(textAt(debit, 'cac:PaymentMeans/cac:PaymentMandate/cbc:ID')).toBe('NM-A-1-1');
    expect(textAt(debit, 'cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID')).toBe(
      'DE98ZZZ09999999999',
    );
    const transfer = readXml(await xmlOf('one rate, with usage'));
    expect(textAt(transfer, 'cac:PaymentMeans/cbc:PaymentMeansCode')).toBe('58');
    expect(textAt(transfer, 'cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID')).toBe('DE02120300000000202051');
    expect(textAt(transfer, 'cac:PaymentMeans/cbc:PaymentID')).toBe('NM-2026-000042');
  });

  test('of a credit note is a CreditNote that names the invoice, with what it gives back positive', async () => {
    const note = readXml(await xmlOf('a credit note'));
    expect(note.name).toBe('CreditNote');
    expect(textAt(note, 'cbc:CreditNoteTypeCode')).toBe('381');
    expect(textAt(note, 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID')).toBe('NM-2026-000042');
    expect(textAt(note, 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:IssueDate')).toBe('2026-06-02');
    expect(textAt(note, 'cac:CreditNoteLine/cbc:CreditedQuantity')).toBe('1');
    // 3.60 and 19 % of it, 0.684.
    expect(textAt(note, 'cac:LegalMonetaryTotal/cbc:PayableAmount')).toBe('4.28');
    expect(textAt(note, 'cac:PaymentTerms/cbc:Note')).toContain('We credit €4.28');
    expect(textAt(note, 'cbc:Note')).toBe('Usage was corrected');
  });

  test('before the end of a period is a partial invoice, and that of the period names it and takes it off, by tax', async () => {
    const interim = readXml(await xmlOf('before the end of the period'));
    expect(textAt(interim, 'cbc:InvoiceTypeCode')).toBe('326');
    expect(textAt(interim, 'cac:InvoicePeriod/cbc:EndDate')).toBe('2026-05-08');
    // Calls 0.23, data 1.48 and a message 0.09, and 19 % of 1.80.
    expect(textAt(interim, 'cac:LegalMonetaryTotal/cbc:PayableAmount')).toBe('2.14');
    const bill = readXml(await xmlOf('of a period of which some was invoiced before'));
    expect(textAt(bill, 'cbc:InvoiceTypeCode')).toBe('380');
    expect(at(bill, 'cac:BillingReference/cac:InvoiceDocumentReference').map((one) => textAt(one, 'cbc:ID'))).toEqual([
      'NM-2026-000040',
      'NM-2026-000041',
    ]);
    expect(
      at(bill, 'cac:AllowanceCharge').map((one) => [
        textAt(one, 'cbc:AllowanceChargeReason'),
        textAt(one, 'cbc:Amount'),
        textAt(one, 'cac:TaxCategory/cbc:Percent'),
      ]),
    ).toEqual([
      ['Already invoiced by NM-2026-000040 · +491701234567', '0.23', '19'],
      ['Already invoiced by NM-2026-000041 · +491701234567', '1.57', '19'],
    ]);
    // The rental of 12.00 is left; 19 % of 13.80 are 2.62, of which 0.34 were invoiced.
    expect(textAt(bill, 'cac:TaxTotal/cbc:TaxAmount')).toBe('2.28');
    expect(textAt(bill, 'cac:LegalMonetaryTotal/cbc:PayableAmount')).toBe('14.28');
  });

  test('names the invoices that lines of it correct, and says it in the line, with the tax that those lacked', async () => {
    const invoice = readXml(await xmlOf('a correction, of a period of which some was invoiced before'));
    // What is taken off is of the same period, and its day is known; what is corrected is named alone.
    expect(
      at(invoice, 'cac:BillingReference/cac:InvoiceDocumentReference').map((one) => [
        textAt(one, 'cbc:ID'),
        textAt(one, 'cbc:IssueDate'),
      ]),
    ).toEqual([
      ['NM-2026-000040', '2026-05-05'],
      ['NM-2026-000031', ''],
    ]);
    const line = at(invoice, 'cac:InvoiceLine').at(-1);
    expect(line && textAt(line, 'cac:Item/cbc:Name')).toBe('Correction of NM-2026-000031: Voice');
    expect(line && textAt(line, 'cac:InvoicePeriod/cbc:StartDate')).toBe('2026-04-01');
    // 12.00 + 1.80 − 0.23 + 3.60; the tax of 13.80, less 0.04, and 0.68 more.
    expect(textAt(invoice, 'cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount')).toBe('17.17');
    expect(textAt(invoice, 'cac:TaxTotal/cbc:TaxAmount')).toBe('3.26');
  });

  test('gives back what a correction takes off as an allowance, and a cent of tax without a base as a tax', async () => {
    const both = readXml(await xmlOf('corrections that charge for calls and give back for data'));
    expect(at(both, 'cac:AllowanceCharge').map((one) => textAt(one, 'cbc:AllowanceChargeReason'))).toEqual([
      'Correction of NM-2026-000012: Data · +491701234567',
    ]);
    const cent = readXml(await xmlOf('a correction of nothing but a cent of tax'));
    expect(textAt(cent, 'cac:TaxTotal/cbc:TaxAmount')).toBe('2.29');
  });

  test('says the tax in the currency of the seller too: 8.1 % of 12.05 francs are 0.98, and at 1.0321 a franc 1.01 euros', async () => {
    const kind = 'Swiss francs, of a seller who accounts for tax in euros';
    const invoice = readXml(await xmlOf(kind));
    expect(textAt(invoice, 'cbc:TaxCurrencyCode')).toBe('EUR');
    expect(
      at(invoice, 'cac:TaxTotal/cbc:TaxAmount').map(({ text, attributes }) => [text, attributes.currencyID]),
    ).toEqual([
      ['0.98', 'CHF'],
      ['1.01', 'EUR'],
    ]);
    expect(at(readXml(await xmlOf('Swiss francs')), 'cac:TaxTotal').length).toBe(1);
    // Nothing is to be accounted for.
    const untaxed = readXml(await xmlOf('yen without tax, of a seller who accounts for it in euros'));
    expect(textAt(untaxed, 'cbc:TaxCurrencyCode')).toBe('');
    const { settled } = viewInvoice(
      invoiceOf(
        '  fee "Line rental" 12.05 CHF monthly in arrears\ntax standard otherwise 8.1% category S\n',
        { seller: inEuros, buyer: { language: 'de' } },
        'CHF',
      ),
    );
    expect(settled).toEqual([['USt. in EUR (1 CHF = 1,0321 EUR)', '1,01\u00a0€']]);
  });

  test('writes Kosovo as the standard does, and keeps out a VAT number that begins with no country', async () => {
    const kosovo = readXml(await xmlOf('a customer in Kosovo'));
    const address = 'cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode';
    expect(textAt(kosovo, address)).toBe('1A');
    const unknown = readXml(await xmlOf('a customer whose VAT number begins with no country'));
    expect(at(unknown, 'cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme')).toEqual([]);
  });

  test.each([
    [
      'a tax that is rounded line by line, and comes to more than 1 beside its rate',
      () =>
        invoiceOf(
          `${['A', 'B', 'C', 'D'].map((title) => `  fee "${title}" 1005 JPY monthly in arrears\n`).join('')}tax standard otherwise 10% category S, round half up per line\n`,
          {},
          'JPY',
        ),
      // Each bears 100.5, rounded 101; together they are 404, and a tenth of 4020 is 402.
      'NM-2026-000042 has 404 JPY of tax on 4020 JPY (S, 10 %)',
    ],
    [
      'a tax that has to be said in a currency whose rate of that day is not known',
      () =>
        invoiceOf(
          '  fee "Line" 10.00 GBP monthly in arrears\ntax s otherwise 20% category S\n',
          { seller: inEuros },
          'GBP',
        ),
      'the tax of NM-2026-000042 has to be said in EUR too, and company.json has no rate of GBP for its day',
    ],
    [
      'split payment outside Italy',
      () => invoiceOf('  fee "Line" 1.00 EUR monthly in arrears\ntax b otherwise 22% category B\n'),
      'bears tax category B, which is for sellers and customers in Italy',
    ],
    [
      'a country that there is not',
      () =>
        invoiceOf('  fee "Line" 1.00 EUR monthly in arrears\ntax s otherwise 19% category S\n', {
          buyer: { country: 'QQ' },
        }),
      '"QQ" of the customer of NM-2026-000042 is no country of ISO 3166',
    ],
    [
      'a customer without a name',
      () =>
        invoiceOf('  fee "Line" 1.00 EUR monthly in arrears\ntax s otherwise 19% category S\n', {
          buyer: { name: ' ' },
        }),
      'is for a customer without a name',
    ],
  ])('is refused for %s', async (_, make, reason) => {
    const refused = renderInvoiceXml(make());
    await expect(refused).rejects.toThrow(NotExpressible);
    await expect(refused).rejects.toThrow(reason);
  });

  test('is refused where a third decimal counts, or a reverse charge has nobody to charge', async () => {
    const dinars = invoiceOf(
      '  fee "Line" 1.005 KWD monthly in arrears\ntax none otherwise 0% category Z\n',
      {},
      'KWD',
    );
    await expect(renderInvoiceXml(dinars)).rejects.toThrow(NotExpressible);
    const { vatId: _, ...unnamed } = business;
    const reverse = invoiceOf(
      '  fee "Line" 1.00 EUR monthly in arrears\ntax rc otherwise 0% category AE, note "Reverse"\n',
      {
        buyer: unnamed,
      },
    );
    await expect(renderInvoiceXml(reverse)).rejects.toThrow('the customer has no VAT number');
  });
});

describe('The checks themselves', () => {
  const spoil = async (kind: string, from: string | RegExp, to: string) =>
    brokenRules((await xmlOf(kind)).replace(from, to));

  test('find what is wrong', async () => {
    const kind = 'discounts on several rates';
    expect(await spoil(kind, '<cbc:Amount currencyID="EUR">1.20<', '<cbc:Amount currencyID="EUR">1.30<')).toEqual([
      'BR-CO-11',
      'BR-S-08',
    ]);
    expect(
      await spoil(
        kind,
        /<cbc:AllowanceChargeReasonCode>95<\/cbc:AllowanceChargeReasonCode>\s*<cbc:AllowanceChargeReason>[^<]*<\/cbc:AllowanceChargeReason>/,
        '',
      ),
    ).toEqual(['BR-33']);
    expect(await spoil('reverse charge', /<cbc:TaxExemption.*\n/g, '')).toEqual(['BR-AE-10']);
    expect(
      await spoil(
        'outside the scope of VAT',
        '<cac:PartyName>',
        '<cac:PartyTaxScheme><cbc:CompanyID>DE1</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyName>',
      ),
    ).toEqual(['BR-O-02', 'UBL 2.1 order']);
    expect(await spoil('zero-rated', /<cbc:DueDate>.*\n/, '')).toEqual([]);
    expect(await spoil('one rate, with usage', '<cbc:PaymentMeansCode>58', '<cbc:PaymentMeansCode>99')).toEqual([
      'BR-CL-16',
    ]);
    expect(await spoil('one rate, with usage', '>0.23<', '>0.231<')).toContain('BR-DEC-01 to 28, UBL-DT-01');
  });

  test('are more than a hundred, each under a name of its own', () => {
    const names = checks.map(([rule]) => rule);
    expect(names.length).toBeGreaterThan(150);
    expect(new Set(names).size).toBe(names.length);
  });
});
