import type { InvoiceDocument } from '../../../server/invoice/invoice-document.ts';
import { subscription } from '../../engine/fixture.ts';
import {
  before,
  business,
  company,
  correction,
  correctionsOf,
  creditNoteOf,
  givenBack,
  inEuros,
  invoiceOf,
  metered,
  month,
  paidFromCredit,
  rates,
  rental,
  several,
  standard,
  taxOf,
  topUp,
} from './documents.ts';

/** One invoice of each kind that a telephone company issues. */
export const kinds: Readonly<Record<string, () => InvoiceDocument>> = {
  'one rate, with usage': () => invoiceOf(`${rental}${rates}${standard}`, { usage: month }),
  'included usage': () =>
    invoiceOf(`${rental}  allowance 100 min of voice\n${rates}${standard}`, { usage: month.slice(0, 2) }),
  'several VAT rates and an exemption': () =>
    invoiceOf(
      `${rental}  fee "E-books" 5.35 EUR monthly in arrears, fiscal category books
  fee "Phone insurance" 4.99 EUR monthly in arrears, fiscal category insurance
${several}${standard}`,
    ),
  'exempt for two reasons': () =>
    invoiceOf(
      `${rental}  fee "Phone insurance" 4.99 EUR monthly in arrears, fiscal category insurance
tax insurance
  when line.fiscal_category is insurance
  0% category E, note "Insurance is exempt (VAT Directive, Article 135)"
tax small otherwise 0% category E, note "Small business, no VAT (§ 19 UStG)"\n`,
      {
        buyer: { language: 'de' },
        titles: {
          path: 'titles/de.csv',
          text: 'title,translation\nMobile Flex,Mobile Flex\nLine rental,Grundgebühr\nPhone insurance,Versicherung\n"Insurance is exempt (VAT Directive, Article 135)",Versicherung ist steuerfrei\n"Small business, no VAT (§ 19 UStG)",Kleinunternehmer nach § 19 UStG\n',
        },
      },
    ),
  'exempt only': () =>
    invoiceOf(`${rental}tax small otherwise 0% category E, note "Small business, no VAT (§ 19 UStG)"\n`),
  'zero-rated': () => invoiceOf(`${rental}tax zero otherwise 0% category Z\n`),
  'reverse charge': () =>
    invoiceOf(`${rental}tax abroad otherwise 0% category AE, note "Reverse charge: the recipient owes the tax"\n`, {
      buyer: business,
    }),
  export: () =>
    invoiceOf(`${rental}tax abroad otherwise 0% category G, note "Export outside the EU"\n`, {
      buyer: { ...business, country: 'CH', taxCountry: 'CH', vatId: 'CHE123456788' },
    }),
  'supply within the EU': () =>
    invoiceOf(`${rental}tax abroad otherwise 0% category K, note "Intra-Community supply"\n`, { buyer: business }),
  'outside the scope of VAT': () =>
    invoiceOf(`${rental}tax none otherwise 0% category O, note "Damages are not subject to VAT"\n`, {
      buyer: business,
    }),
  'outside the scope beside taxed': () =>
    invoiceOf(
      `${rental}  fee "Damages" 2.50 EUR monthly in arrears, fiscal category damages
tax damages
  when line.fiscal_category is damages
  0% category O, note "Damages are not subject to VAT"
${standard}`,
    ),
  'outside the scope and exempt beside taxed': () =>
    invoiceOf(
      `${rental}  fee "Damages" 2.50 EUR monthly in arrears, fiscal category damages
  fee "Phone insurance" 4.99 EUR monthly in arrears, fiscal category insurance
tax damages
  when line.fiscal_category is damages
  0% category O, note "Damages are not subject to VAT"
${several}${standard}`,
    ),
  'discounts on several rates': () =>
    invoiceOf(
      `${rental}  fee "E-books" 5.35 EUR monthly in arrears, fiscal category books
discount loyal "Loyal customer"
  take 10% off all charges
${several}${standard}`,
    ),
  'a minimum spend as a charge': () =>
    invoiceOf(`${rates}  minimum spend 15.00 EUR per cycle of all charges\n${standard}`, { usage: month }),
  'a refund and a discount on it': () =>
    invoiceOf(
      `  fee "Line rental" 12.00 EUR monthly in advance, prorated by day
  fee "Number transfer" 29.90 EUR once
discount loyal "Loyal customer"
  take 10% off all charges
${standard}`,
      { subscriptions: [subscription({ cancelledOn: '2026-05-16', activatedOn: '2026-05-01' })] },
    ),
  'credit brought forward': () =>
    invoiceOf(`${rental}${standard}`, {
      credits: [{ subscriptionId: 'S-1', taxCategory: 'S', taxPercent: '19', amount: '5.00' }],
    }),
  'prepaid in part': () =>
    invoiceOf(`${rental}${paidFromCredit}${rates}${standard}`, { usage: month, prepaid: [topUp('paid', '10.00')] }),
  'prepaid whole, and more than the lines come to': () =>
    invoiceOf(`${paidFromCredit}${rates}${standard}`, { usage: month, prepaid: [topUp('paid', '50.00')] }),
  'prepaid, with credit that was given': () =>
    invoiceOf(`${paidFromCredit}${rates}${standard}`, {
      usage: month,
      prepaid: [topUp('bonus', '0.50'), topUp('paid', '50.00')],
    }),
  'before the end of the period': () =>
    invoiceOf(`${rental}${metered}${rates}${standard}`, { usage: month, interimOn: '2026-05-08' }),
  'before the end of the period, and not the first': () =>
    invoiceOf(`${rental}${metered}${rates}${standard}`, {
      usage: month,
      interimOn: '2026-05-08',
      interim: [before('NM-2026-000040', '0.23', '0.04')],
    }),
  'of a period of which some was invoiced before': () =>
    invoiceOf(`${rental}${metered}${rates}${standard}`, {
      usage: month,
      interim: [before('NM-2026-000040', '0.23', '0.04'), before('NM-2026-000041', '1.57', '0.30')],
    }),
  'of a period that cost less than was invoiced before': () =>
    invoiceOf(`${rental}${metered}${rates}${standard}`, {
      usage: month,
      interim: [before('NM-2026-000040', '23.00', '4.37')],
    }),
  'nothing to pay, for all is given back': () =>
    invoiceOf(`  fee "Line rental" 12.00 EUR monthly in advance, prorated by day\n${standard}`, {
      subscriptions: [subscription({ cancelledOn: '2026-05-16' })],
    }),
  'nothing to bill at all': () => invoiceOf(`${rates}${standard}`),
  'free of charge': () => invoiceOf(`  fee "Line rental" 0.00 EUR monthly in arrears\n${standard}`),
  'direct debit': () =>
    invoiceOf(`${rental}${standard}`, {
      buyer: { payment: { kind: 'direct debit', mandate: 'NM-A-1-1', iban: 'DE89370400440532013000' } },
    }),
  'direct debit whose mandate is not known': () =>
    invoiceOf(`${rental}${standard}`, { buyer: { payment: { kind: 'direct debit' } } }),
  card: () =>
    invoiceOf(`${rental}${standard}`, { buyer: { payment: { kind: 'card', network: 'Visa', lastDigits: '4242' } } }),
  'card that is not known': () => invoiceOf(`${rental}${standard}`, { buyer: { payment: { kind: 'card' } } }),
  'a correction of an earlier invoice': () =>
    invoiceOf(`${rental}${standard}`, correctionsOf(correction('3.60', '0.68'))),
  'nothing but corrections, of two invoices and two rates': () =>
    invoiceOf(
      `${rates}${several}${standard}`,
      correctionsOf(
        correction('3.60', '0.68'),
        correction('0.01', '0.00', { corrects: 'NM-2026-000012', from: '2026-03-01', until: '2026-04-01' }),
        correction('1.00', '0.07', { taxPercent: '7' }),
      ),
    ),
  'corrections that charge for calls and give back for data': () =>
    invoiceOf(
      `${rental}${standard}`,
      correctionsOf(
        correction('3.60', '0.68'),
        correction('-0.60', '-0.11', { corrects: 'NM-2026-000012', title: 'Data', service: 'data' }),
      ),
    ),
  'a correction of nothing but a cent of tax': () =>
    invoiceOf(`${rental}${standard}`, correctionsOf(correction('0.00', '0.01'))),
  'a correction of what is exempt, beside a discount': () =>
    invoiceOf(
      `${rental}discount loyal "Loyal customer"\n  take 10% off all charges
tax small otherwise 0% category E, note "Small business, no VAT (§ 19 UStG)"\n`,
      correctionsOf(correction('3.60', '0.00', { taxCategory: 'E', taxPercent: '0' })),
    ),
  'a correction of a reverse charge': () =>
    invoiceOf(`${rental}tax abroad otherwise 0% category AE, note "Reverse charge"\n`, {
      buyer: business,
      ...correctionsOf(correction('3.60', '0.00', { taxCategory: 'AE', taxPercent: '0' })),
    }),
  'a correction, of a period of which some was invoiced before': () =>
    invoiceOf(`${rental}${metered}${rates}${standard}`, {
      usage: month,
      interim: [before('NM-2026-000040', '0.23', '0.04')],
      ...correctionsOf(correction('3.60', '0.68')),
    }),
  'a correction, prepaid in part': () =>
    invoiceOf(`${rental}${paidFromCredit}${rates}${standard}`, {
      usage: month,
      prepaid: [topUp('paid', '10.00')],
      ...correctionsOf(correction('3.60', '0.68')),
    }),
  ...Object.fromEntries(
    ['AE', 'K', 'G', 'O', 'E'].map((category) => [
      `a discount, a minimum spend and category ${category}`,
      () =>
        invoiceOf(
          `${rental}  minimum spend 50.00 EUR per cycle of all charges
discount loyal "Loyal customer"\n  take 10% off all charges
tax none otherwise 0% category ${category}, note "The law says so"\n`,
          { buyer: business },
        ),
    ]),
  ),
  'on the Canary Islands': () => invoiceOf(`${rental}tax igic otherwise 7% category L\n`),
  'in Ceuta, at no rate': () => invoiceOf(`${rental}tax ipsi otherwise 0% category M\n`),
  'split payment in Italy': () => ({
    ...invoiceOf(`${rental}tax halved otherwise 22% category B\n`, { buyer: { country: 'IT', taxCountry: 'IT' } }),
    seller: { ...company, country: 'IT' },
  }),
  'a customer in Kosovo': () => invoiceOf(`${rental}${standard}`, { buyer: { country: 'XK', taxCountry: 'XK' } }),
  'a customer whose VAT number begins with no country': () =>
    invoiceOf(`${rental}${standard}`, { buyer: { ...business, vatId: 'QQ40303265045' } }),
  'a credit note': () => creditNoteOf([givenBack('Calls', '3.60')], [taxOf('3.60', '0.68')]),
  'a credit note of several rates': () =>
    creditNoteOf(
      [givenBack('Calls', '3.60'), givenBack('E-books', '1.00', 'S', '7'), givenBack('Insurance', '4.99', 'E', '0')],
      [taxOf('4.99', '0.00', 'E', '0', 'Insurance is exempt'), taxOf('3.60', '0.68'), taxOf('1.00', '0.07', 'S', '7')],
    ),
  'a credit note of a reverse charge': () =>
    creditNoteOf([givenBack('Calls', '3.60', 'AE', '0')], [taxOf('3.60', '0.00', 'AE', '0', 'Reverse charge')], {
      buyer: business,
    }),
  'a credit note of what is outside the scope of VAT': () =>
    creditNoteOf(
      [givenBack('Damages', '3.60', 'O', '0')],
      [taxOf('3.60', '0.00', 'O', '0', 'Damages are not subject to VAT')],
    ),
  'a credit note of a supply within the EU': () =>
    creditNoteOf([givenBack('Handset', '3.60', 'K', '0')], [taxOf('3.60', '0.00', 'K', '0', 'Intra-Community')], {
      buyer: business,
    }),
  'a credit note of a whole invoice that had a discount': () =>
    creditNoteOf(
      [givenBack('Calls', '3.60'), { ...givenBack('Loyal', '-0.60'), kind: 'discount' }],
      [taxOf('3.00', '0.57')],
    ),
  'Swiss francs': () =>
    invoiceOf('  fee "Line rental" 12.05 CHF monthly in arrears\ntax standard otherwise 8.1% category S\n', {}, 'CHF'),
  'Swiss francs, of a seller who accounts for tax in euros': () =>
    invoiceOf(
      '  fee "Line rental" 12.05 CHF monthly in arrears\ntax standard otherwise 8.1% category S\n',
      { seller: inEuros },
      'CHF',
    ),
  'yen without tax, of a seller who accounts for it in euros': () =>
    invoiceOf(
      '  fee "Line rental" 1234 JPY monthly in arrears\ntax none otherwise 0% category Z\n',
      { seller: inEuros },
      'JPY',
    ),
  'yen, which have no decimals': () =>
    invoiceOf('  fee "Line rental" 1234 JPY monthly in arrears\ntax standard otherwise 10% category S\n', {}, 'JPY'),
  'yen of several rates, with a discount': () =>
    invoiceOf(
      `  fee "Line rental" 1234 JPY monthly in arrears
  fee "E-books" 777 JPY monthly in arrears, fiscal category books
discount loyal "Loyal customer"\n  take 10% off all charges
tax reduced\n  when line.fiscal_category is books\n  8% category S
tax standard otherwise 10% category S\n`,
      {},
      'JPY',
    ),
  'dinars of three decimals that end in nought': () =>
    invoiceOf('  fee "Line rental" 12.340 KWD monthly in arrears\ntax none otherwise 0% category Z\n', {}, 'KWD'),
  'a customer with little to say, and characters that XML has to escape': () =>
    invoiceOf(`${rental}${standard}`, {
      buyer: { name: 'Müller & Söhne <"GmbH">\u0007', street: '', postcode: '', city: '', language: 'de' },
    }),
  'a seller without register, contact and endpoint': () => {
    const { registration: _, contact: __, endpoint: ___, creditorId: ____, ...bare } = company;
    return { ...invoiceOf(`${rental}${standard}`), seller: bare };
  },
  'outside the scope, by a seller without register': () => {
    const { registration: _, ...bare } = company;
    return { ...invoiceOf(`${rental}tax none otherwise 0% category O, note "Not subject to VAT"\n`), seller: bare };
  },
};
