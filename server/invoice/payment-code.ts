import { create } from 'qrcode';
import type { InvoiceDocument } from './invoice-document.ts';

/** A QR code: rows of dark and light modules, without the quiet zone of four around it. */
export interface PaymentCode {
  readonly size: number;
  /** Row by row; 1 is dark. */
  readonly modules: string;
}

/**
 * The text of an invoice's payment code by EPC069-12 version 002 (SEPA credit transfer); undefined where there is none: it knows
 * euros only, from 0.01 to 999,999,999.99, and whoever pays by direct debit or card transfers nothing.
 */
export function paymentCodeText(document: InvoiceDocument): string | undefined {
  const { seller, due, currency, buyer, kind, number } = document;
  if (kind !== 'invoice' || currency !== 'EUR' || buyer.payment.kind !== 'transfer') return undefined;
  const cents = BigInt(due.replace('.', ''));
  if (cents < 1n || cents > 99_999_999_999n) return undefined;
  return [
    'BCD',
    '002',
    '1',
    'SCT',
    seller.bic,
    [...seller.legalName].slice(0, 70).join(''),
    seller.iban.replaceAll(' ', ''),
    `EUR${due}`,
    '',
    '',
    // Unstructured: our numbers are no creditor references of ISO 11649.
    [...number].slice(0, 140).join(''),
  ].join('\n');
}

/** Level M, which the standard asks for, and at most version 13, which it allows. */
export function paymentCode(text: string): PaymentCode {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  return { size: modules.size, modules: Array.from(modules.data, (dark) => (dark ? '1' : '0')).join('') };
}
