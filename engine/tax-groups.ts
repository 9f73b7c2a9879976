/** Sums of a document by tax, and within a tax by subscription: what two documents are compared by. */
import type { Amount } from './model.ts';
import { add, negate, parseDecimal, type Rational, sum, zero } from './money.ts';
import { compareText } from './usage.ts';
import { decimalInWords } from './words.ts';

export interface TaxGroup {
  readonly category: string;
  readonly percent: string;
  /** Before tax, by subscription. */
  readonly shares: ReadonlyMap<string, Rational>;
  readonly tax: Rational;
}

/** By category and percentage, in their order. */
export type TaxGroups = ReadonlyMap<string, TaxGroup>;

/** Bills and credit notes are such. */
export interface Taxable {
  readonly lines: readonly {
    readonly subscriptionId: string;
    readonly taxCategory: string;
    readonly taxPercent: string;
    readonly amount: Amount;
  }[];
  readonly taxes: readonly { readonly category: string; readonly percent: string; readonly amount: Amount }[];
}

/** By what lines are taxed together: `19.0` % is no other tax than `19` %. */
export function groupKey(category: string, percent: string): string {
  return `${category} ${decimalInWords(percent)}`;
}

export function groupsOf({ lines, taxes }: Taxable): TaxGroups {
  const parts = lines.map(({ taxCategory, taxPercent, subscriptionId, amount }): readonly [string, TaxGroup] => [
    groupKey(taxCategory, taxPercent),
    {
      category: taxCategory,
      percent: taxPercent,
      shares: new Map([[subscriptionId, parseDecimal(amount)]]),
      tax: zero,
    },
  ]);
  const taxed = taxes.map(({ category, percent, amount }): readonly [string, TaxGroup] => [
    groupKey(category, percent),
    { category, percent, shares: new Map(), tax: parseDecimal(amount) },
  ]);
  return collected([...parts, ...taxed]);
}

export function plus(...all: readonly TaxGroups[]): TaxGroups {
  return collected(all.flatMap((groups) => [...groups]));
}

export function minus(from: TaxGroups, take: TaxGroups): TaxGroups {
  return plus(from, negated(take));
}

export function negated(groups: TaxGroups): TaxGroups {
  return mapGroups(groups, (group) => ({
    ...group,
    shares: new Map([...group.shares].map(([id, amount]) => [id, negate(amount)])),
    tax: negate(group.tax),
  }));
}

export function netOf({ shares }: TaxGroup): Rational {
  return sum(shares.values());
}

/** With tax. */
export function totalOf(groups: TaxGroups): Rational {
  return sum([...groups.values()].flatMap((group) => [netOf(group), group.tax]));
}

export function only(groups: TaxGroups, wanted: (group: TaxGroup) => boolean): TaxGroups {
  return new Map([...groups].filter(([, group]) => wanted(group)));
}

function mapGroups(groups: TaxGroups, change: (group: TaxGroup) => TaxGroup): TaxGroups {
  return new Map([...groups].map(([key, group]) => [key, change(group)]));
}

function collected(parts: readonly (readonly [string, TaxGroup])[]): TaxGroups {
  const groups = new Map<string, TaxGroup>();
  for (const [key, part] of parts) {
    const known = groups.get(key);
    const shares = new Map(known?.shares);
    for (const [id, amount] of part.shares) shares.set(id, add(shares.get(id) ?? zero, amount));
    groups.set(key, { ...part, ...known, shares, tax: add(known?.tax ?? zero, part.tax) });
  }
  return new Map([...groups].sort(([a], [b]) => compareText(a, b)));
}
