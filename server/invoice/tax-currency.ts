import Type, { type Static } from 'typebox';
import type { Amount, LocalDate } from '../../engine/model.ts';
import { multiply, parseDecimal, roundToMinor } from '../../engine/money.ts';

const currency = Type.String({ pattern: '^[A-Z]{3}$' });

/** The currency in which the seller accounts for tax, and what one unit of others was worth in it from a day on. */
export const taxCurrencySchema = Type.Object(
  {
    currency,
    rates: Type.Array(
      Type.Object(
        {
          of: currency,
          from: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
          rate: Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,12})?$' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export type TaxCurrency = Static<typeof taxCurrencySchema>;

/** The tax of a document in another currency than its own. */
export interface TaxInCurrency {
  readonly currency: string;
  /** What one unit of the document's currency is worth in it. */
  readonly rate: string;
  readonly amount: Amount;
}

/** Whether the law wants the tax told in the seller's currency too (VAT Directive, Article 230). */
export function isToldInTaxCurrency(own: TaxCurrency | undefined, currency: string, tax: Amount): own is TaxCurrency {
  return own !== undefined && own.currency !== currency && parseDecimal(tax).n !== 0n;
}

/**
 * @param day on which the tax became due: that of the invoice, also for what corrects it.
 * @returns undefined where it need not be told, or no rate of that day is known.
 */
export function taxInCurrency(
  own: TaxCurrency | undefined,
  currency: string,
  tax: Amount,
  day: LocalDate,
): TaxInCurrency | undefined {
  if (!isToldInTaxCurrency(own, currency, tax)) return undefined;
  const known = own.rates
    .filter((one) => one.of === currency && one.from <= day)
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  const rate = known.at(-1)?.rate;
  if (rate === undefined) return undefined;
  const amount = roundToMinor(multiply(parseDecimal(tax), parseDecimal(rate)), own.currency, 'half up');
  return { currency: own.currency, rate, amount };
}
