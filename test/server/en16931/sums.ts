import type { Check } from './check.ts';
import { has, parts } from './parts.ts';
import { quantityOf } from './presence.ts';
import { amountOf, at, type Element, sumAt, textAt } from './xml.ts';

const total = (invoice: Element, name: string): bigint => {
  const { totals } = parts(invoice);
  return amountOf((totals && textAt(totals, name)) || '0');
};

/** What must add up. */
export const sums: readonly Check[] = [
  [
    'BR-53',
    (i) => {
      const own = textAt(i, 'cbc:TaxCurrencyCode');
      const others = at(i, 'cac:TaxTotal/cbc:TaxAmount').filter(
        ({ attributes }) => attributes.currencyID !== parts(i).currency,
      );
      return own === '' ? others.length === 0 : others.length === 1 && others[0]?.attributes.currencyID === own;
    },
  ],
  ['BR-CO-10', (i) => total(i, 'cbc:LineExtensionAmount') === sumAt(parts(i).lines, 'cbc:LineExtensionAmount')],
  [
    'BR-CO-11',
    (i) =>
      has(parts(i).totals, 'cbc:AllowanceTotalAmount') === parts(i).allowances.length > 0 &&
      total(i, 'cbc:AllowanceTotalAmount') === sumAt(parts(i).allowances, 'cbc:Amount'),
  ],
  [
    'BR-CO-12',
    (i) =>
      has(parts(i).totals, 'cbc:ChargeTotalAmount') === parts(i).charges.length > 0 &&
      total(i, 'cbc:ChargeTotalAmount') === sumAt(parts(i).charges, 'cbc:Amount'),
  ],
  [
    'BR-CO-13',
    (i) =>
      total(i, 'cbc:TaxExclusiveAmount') ===
      total(i, 'cbc:LineExtensionAmount') - total(i, 'cbc:AllowanceTotalAmount') + total(i, 'cbc:ChargeTotalAmount'),
  ],
  [
    'BR-CO-14',
    (i) =>
      at(i, 'cac:TaxTotal')
        .filter((one) => at(one, 'cac:TaxSubtotal').length > 0)
        .every((one) => amountOf(textAt(one, 'cbc:TaxAmount')) === sumAt(at(one, 'cac:TaxSubtotal'), 'cbc:TaxAmount')),
  ],
  [
    'BR-CO-15',
    (i) => {
      const inCurrency = at(i, 'cac:TaxTotal/cbc:TaxAmount').filter(
        (one) => one.attributes.currencyID === parts(i).currency,
      );
      return (
        inCurrency.length === 1 &&
        total(i, 'cbc:TaxInclusiveAmount') === total(i, 'cbc:TaxExclusiveAmount') + amountOf(inCurrency[0]?.text ?? '0')
      );
    },
  ],
  [
    'BR-CO-16',
    (i) =>
      total(i, 'cbc:PayableAmount') ===
      total(i, 'cbc:TaxInclusiveAmount') - total(i, 'cbc:PrepaidAmount') + total(i, 'cbc:PayableRoundingAmount'),
  ],
  [
    'BR-CO-17',
    (i) => parts(i).subtotals.every((one) => absolute(taxOf(one) - byRate(one, 100n)) < 10_000n * 1_000_000n),
  ],
  [
    // The standard lets a tax differ by less than 1; one of ours that is no difference to earlier invoices differs by nothing.
    'tax to the cent',
    (i) =>
      at(i, 'cac:BillingReference').length > 0 ||
      parts(i).subtotals.every((one) => taxOf(one) === byRate(one, unitOf(i))),
  ],
  [
    'PEPPOL-EN16931-R120',
    (i) =>
      parts(i).lines.every((line) => {
        const quantity = decimal(quantityOf(line)?.text ?? '');
        const base = decimal(textAt(line, 'cac:Price/cbc:BaseQuantity') || '1');
        const price = decimal(textAt(line, 'cac:Price/cbc:PriceAmount'));
        return price * quantity === decimal(textAt(line, 'cbc:LineExtensionAmount')) * base;
      }),
  ],
  [
    'PEPPOL-EN16931-R121',
    (i) => parts(i).lines.every((line) => decimal(textAt(line, 'cac:Price/cbc:BaseQuantity') || '1') > 0n),
  ],
];

/** In millionths. */
function decimal(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(`${whole}${fraction.padEnd(6, '0')}`);
  return text.startsWith('-') ? -value : value;
}

/** The tax of a rate, without its sign, in millionths of a hundredth of a cent. */
function taxOf(subtotal: Element): bigint {
  return absolute(amountOf(textAt(subtotal, 'cbc:TaxAmount')) * 1_000_000n);
}

/** What its percentage gives, rounded half up to so many hundredths of a cent. */
function byRate(subtotal: Element, unit: bigint): bigint {
  const percent = amountOf(textAt(subtotal, 'cac:TaxCategory/cbc:Percent') || '0');
  const exact = absolute(amountOf(textAt(subtotal, 'cbc:TaxableAmount'))) * percent;
  const step = unit * 1_000_000n;
  return ((exact + step / 2n) / step) * step;
}

function unitOf(invoice: Element): bigint {
  return parts(invoice).currency === 'JPY' ? 10_000n : 100n;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
