/** A message that has everything a message can have, for trying templates out. */
import type { Company } from '../company.ts';

export const sampleCompany: Company = {
  name: 'Sample',
  legalName: 'Sample GmbH',
  street: 'Sample Street 1',
  postcode: '10115',
  city: 'Berlin',
  country: 'DE',
  email: 'service@sample.example',
  phone: '+49 30 555 01 00',
  website: 'https://www.sample.example',
  vatId: 'DE999999999',
  iban: 'DE02120300000000202051',
  bic: 'BYLADEM1001',
  registration: { id: 'HRB 1', court: 'Amtsgericht Charlottenburg' },
  creditorId: 'DE98ZZZ09999999999',
  endpoint: { scheme: 'EM', id: 'e-invoices@sample.example' },
  contact: { name: 'Billing', phone: '+49 30 555 01 10', email: 'billing@sample.example' },
  companyZone: 'Europe/Berlin',
  staffLanguage: 'en',
  mailDomain: 'sample.example',
  roleAddresses: { 'sales manager': 'sales@sample.example' },
  promotionHours: { from: '09:00', until: '20:00' },
};

const money = { amount: '10.00', currency: 'EUR' };

/** As `templateData` of the outbox and the occasions of messages give it. */
const whole = {
  customer: { id: 'C-1', name: 'Erika Sample', language: 'en', email: 'erika@sample.example' },
  order: {
    id: 'O-1',
    category: 'phone',
    value: '399.00',
    currency: 'EUR',
    dueOn: '2026-06-10',
    trackingUrl: 'https://parcels.example/1',
  },
  subscription: { id: 'S-1', plan: 'Mobile Flex', msisdn: '+4915790000297', renewsOn: '2026-07-01' },
  invoice: {
    number: '2026-000001',
    total: '35.70',
    open: '35.70',
    net: '30.00',
    tax: '5.70',
    currency: 'EUR',
    issuedOn: '2026-06-16',
    dueOn: '2026-06-30',
    from: '2026-05-01',
    until: '2026-06-01',
  },
  payment: money,
  creditNote: {
    number: '2026-CN-000001',
    issuedOn: '2026-06-16',
    currency: 'EUR',
    net: '3.00',
    tax: '0.57',
    total: '3.57',
  },
  fee: { title: 'Reminder fee', ...money },
  offer: { title: 'Thank you', gift: '10 % off this order', code: 'ABCD-EFGH-JKLM', validUntil: '2026-07-16' },
  voucher: { code: 'ABCD-EFGH-JKLM', take: '10 %', off: 'this order', validUntil: '2026-07-16' },
  links: [{ id: 'help', title: 'Help', url: 'https://www.sample.example/help', reason: 'asked for' }],
  survey: { token: 'a.b.c', until: '2026-07-16' },
  advantage: {
    title: 'Rented work equipment',
    base: '49.99',
    percent: '20',
    amount: '10.00',
    currency: 'EUR',
    yearlyCap: '1250.00',
    see: 'https://www.sample.example/work-equipment',
  },
};

/** With the bill of a cycle, and with an invoice in mid-cycle. */
export const sampleData: readonly Readonly<Record<string, unknown>>[] = [
  whole,
  { ...whole, invoice: { ...whole.invoice, passed: [{ msisdn: '+4915790000297', threshold: '25.00' }] } },
];
