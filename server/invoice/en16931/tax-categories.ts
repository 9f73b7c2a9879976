import { add, formatAmount, parseDecimal } from '../../../engine/money.ts';
import { decimalInWords } from '../../../engine/words.ts';
import type { DocumentTax, InvoiceDocument } from '../invoice-document.ts';
import { money } from './amounts.ts';
import type { UblNode } from './node.ts';

/** The tax of a document as EN 16931 wants it told. */
export interface TaxCategories {
  readonly taxes: readonly DocumentTax[];
  /** Nothing in the document is subject to VAT: then no VAT number may stand in it (BR-O-02). */
  readonly outsideScope: boolean;
  /** The category of a line, an allowance or a charge. */
  readonly of: (line: { readonly taxCategory: string; readonly taxPercent: string }) => UblNode;
}

/** What was not supplied needs no tax; a document without lines still has to have a breakdown (BR-CO-18). */
const nothing: DocumentTax = { category: 'O', percent: '0', base: '0', amount: '0' };

/**
 * What is not subject to VAT (O) may stand with nothing else (BR-O-11 to 14). Where a document has both, as a taxed fee beside
 * damages, the untaxed part is told as exempt (E) with its reason: base, amount and sums are the same.
 */
export function taxCategoriesOf({ taxes, currency }: InvoiceDocument): TaxCategories {
  const told = taxes.length > 0 ? taxes : [nothing];
  const outsideScope = told.every(({ category }) => category === 'O');
  const rename = (category: string) => (category === 'O' && !outsideScope ? 'E' : category);
  const merged = new Map<string, DocumentTax>();
  for (const tax of told) {
    const category = rename(tax.category);
    const key = `${category} ${decimalInWords(tax.percent)}`;
    const same = merged.get(key);
    merged.set(key, same ? together(same, tax, currency) : { ...tax, category });
  }
  return {
    taxes: [...merged.values()],
    outsideScope,
    of: ({ taxCategory, taxPercent }) => categoryNode(rename(taxCategory), taxPercent),
  };
}

function together(a: DocumentTax, b: DocumentTax, currency: string): DocumentTax {
  const both = (x: string, y: string) => formatAmount(add(parseDecimal(x), parseDecimal(y)), currency);
  const notes = [...new Set([a.note, b.note].filter((note) => note !== undefined))];
  return {
    ...a,
    base: both(a.base, b.base),
    amount: both(a.amount, b.amount),
    ...(notes.length > 0 && { note: notes.join('; ') }),
  };
}

function categoryNode(category: string, percent: string): UblNode {
  return {
    'cbc:ID': category,
    // What is not subject to VAT has no rate, not even one of 0 % (BR-O-05 to 07).
    'cbc:Percent': category === 'O' ? undefined : decimalInWords(percent),
    'cac:TaxScheme': { 'cbc:ID': 'VAT' },
  };
}

/** Codes of the list VATEX that say the same as the category. For exemptions (E) there are dozens; the reason in words does. */
const exemptionCodes: Readonly<Record<string, string>> = {
  AE: 'VATEX-EU-AE',
  K: 'VATEX-EU-IC',
  G: 'VATEX-EU-G',
  O: 'VATEX-EU-O',
};

/** Standard and zero rates must not give a reason (BR-S-10, BR-Z-10); the others must. */
const reasoned = new Set(['E', 'AE', 'K', 'G', 'O']);

export function taxTotal({ taxes }: TaxCategories, { tax, currency }: InvoiceDocument): UblNode {
  return {
    ...money('cbc:TaxAmount', tax, currency),
    'cac:TaxSubtotal': taxes.map(({ category, percent, base, amount, note }) => ({
      ...money('cbc:TaxableAmount', base, currency),
      ...money('cbc:TaxAmount', amount, currency),
      'cac:TaxCategory': {
        ...categoryNode(category, percent),
        'cbc:TaxExemptionReasonCode': exemptionCodes[category],
        'cbc:TaxExemptionReason': reasoned.has(category) ? (note ?? reasonOf(category)) : undefined,
      },
    })),
  };
}

/** The tax in the currency that the seller accounts for it in (BT-111), a total of its own without a breakdown. */
export function taxInCurrency({ taxIn }: InvoiceDocument): readonly UblNode[] {
  return taxIn ? [money('cbc:TaxAmount', taxIn.amount, taxIn.currency)] : [];
}

/** For rules that were released before a reason was asked of them. */
function reasonOf(category: string): string | undefined {
  return category === 'E' ? 'Exempt from VAT' : undefined;
}
