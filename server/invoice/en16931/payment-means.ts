import { parseDecimal } from '../../../engine/money.ts';
import type { InvoiceDocument } from '../invoice-document.ts';
import type { UblNode } from './node.ts';

/** How what is due is paid, by UNTDID 4461; nothing where nothing is due or where it is given back. */
export function paymentMeans({ kind, number, due, currency, seller, buyer }: InvoiceDocument): readonly UblNode[] {
  if (kind === 'credit note' || parseDecimal(due).n === 0n) return [];
  const { payment } = buyer;
  const common = { 'cbc:PaymentID': number };
  switch (payment.kind) {
    case 'transfer':
      return [
        {
          // SEPA knows euros only; other currencies are an ordinary transfer.
          'cbc:PaymentMeansCode': currency === 'EUR' ? '58' : '30',
          ...common,
          'cac:PayeeFinancialAccount': {
            'cbc:ID': seller.iban.replaceAll(' ', ''),
            'cbc:Name': seller.legalName,
            'cac:FinancialInstitutionBranch': { 'cbc:ID': seller.bic },
          },
        },
      ];
    case 'direct debit':
      return [
        {
          'cbc:PaymentMeansCode': '59',
          ...common,
          'cac:PaymentMandate': {
            'cbc:ID': payment.mandate,
            'cac:PayerFinancialAccount': { 'cbc:ID': payment.iban?.replaceAll(' ', '') },
          },
        },
      ];
    case 'card':
      return [
        {
          'cbc:PaymentMeansCode': '48',
          ...common,
          ...(payment.lastDigits !== undefined && {
            'cac:CardAccount': {
              'cbc:PrimaryAccountNumberID': payment.lastDigits,
              'cbc:NetworkID': payment.network ?? 'card',
            },
          }),
        },
      ];
  }
}
