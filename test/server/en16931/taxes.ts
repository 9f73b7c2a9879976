import type { Check } from './check.ts';
import { has, parts, vatIdOf } from './parts.ts';
import { amountOf, at, type Element, everywhere, sumAt, textAt } from './xml.ts';

/** How a category of VAT has to be told. Names of rules begin with the letters in `rules`. */
interface Category {
  readonly code: string;
  readonly rules: string;
  readonly percent: 'above zero' | 'zero' | 'not below zero' | 'none';
  readonly reason: 'wanted' | 'forbidden';
  readonly vatIds: 'seller' | 'seller and buyer' | 'neither';
  /** A breakdown for each rate, or exactly one. */
  readonly breakdown: 'by rate' | 'one';
}

const categories: readonly Category[] = [
  { code: 'S', rules: 'BR-S', percent: 'above zero', reason: 'forbidden', vatIds: 'seller', breakdown: 'by rate' },
  { code: 'Z', rules: 'BR-Z', percent: 'zero', reason: 'forbidden', vatIds: 'seller', breakdown: 'one' },
  { code: 'E', rules: 'BR-E', percent: 'zero', reason: 'wanted', vatIds: 'seller', breakdown: 'one' },
  { code: 'AE', rules: 'BR-AE', percent: 'zero', reason: 'wanted', vatIds: 'seller and buyer', breakdown: 'one' },
  { code: 'K', rules: 'BR-IC', percent: 'zero', reason: 'wanted', vatIds: 'seller and buyer', breakdown: 'one' },
  { code: 'G', rules: 'BR-G', percent: 'zero', reason: 'wanted', vatIds: 'seller', breakdown: 'one' },
  { code: 'O', rules: 'BR-O', percent: 'none', reason: 'wanted', vatIds: 'neither', breakdown: 'one' },
  { code: 'L', rules: 'BR-AF', percent: 'not below zero', reason: 'forbidden', vatIds: 'seller', breakdown: 'by rate' },
  { code: 'M', rules: 'BR-AG', percent: 'not below zero', reason: 'forbidden', vatIds: 'seller', breakdown: 'by rate' },
];

const idOf = (category: Element) => textAt(category, 'cbc:ID');

/** The rules of every category, and those of one alone. */
export const taxes: readonly Check[] = [
  ...categories.flatMap(checksOf),
  ['BR-IC-11', (i) => !uses(i, 'K') || at(i, 'cac:InvoicePeriod').length > 0],
  [
    'BR-IC-12',
    (i) => !uses(i, 'K') || has(i, 'cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode'),
  ],
  ['BR-O-11', (i) => !uses(i, 'O') || parts(i).categories.every((one) => idOf(one) === 'O')],
  [
    'BR-B-01',
    (i) => !uses(i, 'B') || everywhere(i).every(({ name, text }) => !/IdentificationCode$/.test(name) || text === 'IT'),
  ],
  ['BR-B-02', (i) => !uses(i, 'B') || !uses(i, 'S')],
  ['BR-CL-17', (i) => parts(i).categories.every((one) => /^(AE|L|M|E|S|Z|G|O|K|B)$/.test(idOf(one)))],
  ['BR-CL-22', (i) => codesOf(i).every((code) => /^VATEX-(EU|FR)-[A-Z0-9-]+$/.test(code))],
];

function checksOf({ code, rules, percent, reason, vatIds, breakdown }: Category): readonly Check[] {
  const lineCategory = (line: Element) =>
    at(line, 'cac:Item/cac:ClassifiedTaxCategory').find((one) => idOf(one) === code);
  const ownCategory = (one: Element) => at(one, 'cac:TaxCategory').find((category) => idOf(category) === code);
  const lines = (i: Element) => parts(i).lines.filter(lineCategory);
  const of = (i: Element, which: 'allowances' | 'charges') => parts(i)[which].filter(ownCategory);
  const subtotals = (i: Element) => parts(i).subtotals.filter(ownCategory);
  const isUsed = (i: Element) => lines(i).length + of(i, 'allowances').length + of(i, 'charges').length > 0;
  const fits = (category: Element | undefined) => category !== undefined && percentFits(category, percent);
  const identified = (i: Element) => {
    const [seller, buyer] = [vatIdOf(parts(i).seller) !== '', vatIdOf(parts(i).buyer) !== ''];
    return vatIds === 'seller' ? seller : vatIds === 'neither' ? !seller && !buyer : seller && buyer;
  };
  const rates = (i: Element) =>
    new Set(
      [
        ...lines(i).map(lineCategory),
        ...of(i, 'allowances').map(ownCategory),
        ...of(i, 'charges').map(ownCategory),
      ].map((one) => (one ? rateOf(one) : '')),
    );
  return [
    [
      `${rules}-01`,
      (i) =>
        breakdown === 'one' ? subtotals(i).length === (isUsed(i) ? 1 : 0) : subtotals(i).length === rates(i).size,
    ],
    [`${rules}-02`, (i) => lines(i).length === 0 || identified(i)],
    [`${rules}-03`, (i) => of(i, 'allowances').length === 0 || identified(i)],
    [`${rules}-04`, (i) => of(i, 'charges').length === 0 || identified(i)],
    [`${rules}-05`, (i) => lines(i).every((line) => fits(lineCategory(line)))],
    [`${rules}-06`, (i) => of(i, 'allowances').every((one) => fits(ownCategory(one)))],
    [`${rules}-07`, (i) => of(i, 'charges').every((one) => fits(ownCategory(one)))],
    [
      `${rules}-08`,
      (i) =>
        subtotals(i).every((subtotal) => {
          const rate = rateOf(ownCategory(subtotal));
          const lineSum = sumAt(
            lines(i).filter((line) => rateOf(lineCategory(line)) === rate),
            'cbc:LineExtensionAmount',
          );
          const sum = (which: 'allowances' | 'charges') =>
            sumAt(
              of(i, which).filter((one) => rateOf(ownCategory(one)) === rate),
              'cbc:Amount',
            );
          return amountOf(textAt(subtotal, 'cbc:TaxableAmount')) === lineSum - sum('allowances') + sum('charges');
        }),
    ],
    [
      `${rules}-09`,
      (i) =>
        percent === 'above zero' ||
        percent === 'not below zero' ||
        subtotals(i).every((one) => amountOf(textAt(one, 'cbc:TaxAmount')) === 0n),
    ],
    [
      `${rules}-10`,
      (i) =>
        subtotals(i).every((one) => {
          const category = ownCategory(one);
          const isReasoned = has(category, 'cbc:TaxExemptionReason') || has(category, 'cbc:TaxExemptionReasonCode');
          return isReasoned === (reason === 'wanted');
        }),
    ],
  ];
}

function percentFits(category: Element, wanted: Category['percent']): boolean {
  const text = textAt(category, 'cbc:Percent');
  switch (wanted) {
    case 'none':
      return text === '';
    case 'zero':
      return text !== '' && amountOf(text) === 0n;
    case 'above zero':
      return text !== '' && amountOf(text) > 0n;
    case 'not below zero':
      return text !== '' && amountOf(text) >= 0n;
  }
}

function rateOf(category: Element | undefined): string {
  const text = category ? textAt(category, 'cbc:Percent') : '';
  return text === '' ? '' : String(amountOf(text));
}

function uses(invoice: Element, code: string): boolean {
  return parts(invoice).categories.some((one) => idOf(one) === code);
}

function codesOf(invoice: Element): readonly string[] {
  return parts(invoice)
    .categories.map((one) => textAt(one, 'cbc:TaxExemptionReasonCode'))
    .filter(Boolean);
}
