import type { LineKind } from '../../../engine/model.ts';
import { formatAmount, parseDecimal, rational, sum } from '../../../engine/money.ts';
import { addDays } from '../../../engine/period.ts';
import type { DocumentLine, DocumentSubscription, InvoiceDocument } from '../invoice-document.ts';
import { invoiceTexts } from '../invoice-texts.ts';
import { decimalText, money, positive } from './amounts.ts';
import type { UblNode } from './node.ts';
import type { TaxCategories } from './tax-categories.ts';

/** The lines of a document, sorted into what EN 16931 has for them; the sums are of the bill's own amounts. */
export interface UblLines {
  readonly lines: readonly UblNode[];
  readonly allowancesAndCharges: readonly UblNode[];
  readonly totals: UblNode;
}

interface Placed {
  readonly line: DocumentLine;
  readonly subscription: DocumentSubscription;
}

/**
 * What takes off (discounts, refunds, credit) is an allowance of the whole document with its reason, so that no line is negative; what
 * is put on top of what was supplied is a charge. Everything else is a line.
 */
export function ublLines(document: InvoiceDocument, categories: TaxCategories): UblLines {
  const all = document.subscriptions.flatMap((subscription) =>
    subscription.lines.map((line): Placed => ({ line, subscription })),
  );
  const allowances = all.filter(({ line }) => isNegative(line));
  const positiveOnes = all.filter(({ line }) => !isNegative(line));
  const supplied = positiveOnes.filter(({ line }) => !chargeKinds.has(line.kind));
  // There is at least one line (BR-16), also where a bill only corrects an earlier one.
  const lines = supplied.length > 0 ? supplied : positiveOnes;
  const charges = supplied.length > 0 ? positiveOnes.filter(({ line }) => chargeKinds.has(line.kind)) : [];
  const { currency } = document;
  const total = (some: readonly Placed[]) => formatAmount(sum(some.map(({ line }) => positive(line.amount))), currency);
  return {
    lines:
      lines.length > 0
        ? lines.map((one, index) => lineNode(one, index + 1, document, categories))
        : [emptyLine(document, categories)],
    allowancesAndCharges: [
      ...allowances.map((one) => allowanceOrCharge(one, 'false', currency, categories)),
      ...charges.map((one) => allowanceOrCharge(one, 'true', currency, categories)),
    ],
    totals: {
      ...money('cbc:LineExtensionAmount', total(lines), currency),
      ...money('cbc:TaxExclusiveAmount', document.net, currency),
      ...money('cbc:TaxInclusiveAmount', document.total, currency),
      ...(allowances.length > 0 && money('cbc:AllowanceTotalAmount', total(allowances), currency)),
      ...(charges.length > 0 && money('cbc:ChargeTotalAmount', total(charges), currency)),
      ...(document.prepaid && money('cbc:PrepaidAmount', document.prepaid.paid, currency)),
      ...(document.prepaid?.rounding !== undefined &&
        money('cbc:PayableRoundingAmount', document.prepaid.rounding, currency)),
      ...money('cbc:PayableAmount', document.due, currency),
    },
  };
}

const chargeKinds: ReadonlySet<LineKind> = new Set([
  'minimum spend',
  'commitment shortfall',
  'discount',
  'credit carried forward',
]);

function isNegative({ amount }: DocumentLine): boolean {
  return parseDecimal(amount).n < 0n;
}

function lineNode(
  { line, subscription }: Placed,
  position: number,
  { currency }: InvoiceDocument,
  categories: TaxCategories,
): UblNode {
  const { quantity, unit } = quantityOf(line);
  const isFree = parseDecimal(line.amount).n === 0n;
  return {
    'cbc:ID': String(position),
    'cbc:InvoicedQuantity': quantity,
    'cbc:InvoicedQuantity@unitCode': unit,
    ...money('cbc:LineExtensionAmount', line.amount, currency),
    'cac:InvoicePeriod': { 'cbc:StartDate': line.from, 'cbc:EndDate': addDays(line.until, -1) },
    'cac:Item': {
      'cbc:Description': [subscription.plan, subscription.msisdn].filter(Boolean).join(' · '),
      'cbc:Name': line.title,
      'cac:ClassifiedTaxCategory': categories.of(line),
    },
    'cac:Price': {
      ...money('cbc:PriceAmount', line.amount, currency),
      // The price is that of the whole quantity: price ÷ base quantity × quantity is the line, to the last digit.
      'cbc:BaseQuantity': isFree || quantity === '1' ? undefined : quantity,
      'cbc:BaseQuantity@unitCode': unit,
    },
  };
}

/** For an account whose month had nothing to bill. */
function emptyLine(document: InvoiceDocument, categories: TaxCategories): UblNode {
  const [tax] = categories.taxes;
  const { currency, language } = document;
  return {
    'cbc:ID': '1',
    'cbc:InvoicedQuantity': '1',
    'cbc:InvoicedQuantity@unitCode': 'C62',
    ...money('cbc:LineExtensionAmount', '0', currency),
    'cac:Item': {
      'cbc:Name': invoiceTexts(language).nothingCharged,
      'cac:ClassifiedTaxCategory': categories.of({
        taxCategory: tax?.category ?? 'O',
        taxPercent: tax?.percent ?? '0',
      }),
    },
    'cac:Price': money('cbc:PriceAmount', '0', currency),
  };
}

/** In units of UN/ECE Recommendation 20: seconds, megabytes of 10^6 bytes, pieces. All are exact. */
function quantityOf({ measure, quantity = 0, events = 0 }: DocumentLine): { quantity: string; unit: string } {
  const some = (text: string, unit: string) =>
    text === '0' ? { quantity: '1', unit: 'C62' } : { quantity: text, unit };
  if (measure === undefined) return { quantity: '1', unit: 'C62' };
  switch (measure) {
    case 'duration':
      return quantity % 60_000 === 0
        ? some(String(quantity / 60_000), 'MIN')
        : some(decimalText(rational(quantity, 1000), 3), 'SEC');
    case 'data':
      return some(decimalText(rational(quantity, 1_000_000), 6), '4L');
    case 'messages':
    case 'units':
      return some(String(quantity), 'C62');
    case 'value':
      return some(String(events), 'C62');
  }
}

function allowanceOrCharge(
  { line, subscription }: Placed,
  indicator: 'true' | 'false',
  currency: string,
  categories: TaxCategories,
): UblNode {
  return {
    'cbc:ChargeIndicator': indicator,
    // UNTDID 5189: a discount. For refunds and credit the list has no code.
    'cbc:AllowanceChargeReasonCode': indicator === 'false' && line.kind === 'discount' ? '95' : undefined,
    'cbc:AllowanceChargeReason': [line.title, subscription.msisdn].filter(Boolean).join(' · '),
    ...money('cbc:Amount', positive(line.amount), currency),
    'cac:TaxCategory': categories.of(line),
  };
}
