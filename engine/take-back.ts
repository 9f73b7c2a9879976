/**
 * Which documents of a cycle give back what it is owed less.
 *
 * A document can give back under a tax only what it still stands at under that tax: more would be a tax that it never had, or
 * a base below nothing. So the invoice of the cycle comes first, and what it does not have under a tax is given back by the later invoices that
 * charged it in addition.
 */
import { compare, type Rational, smaller, subtract, zero } from './money.ts';
import { groupKey, netOf, plus, type TaxGroup, type TaxGroups, totalOf } from './tax-groups.ts';

/**
 * @param less by tax, positive, each divided among subscriptions that all owe less.
 * @param documents by number what each stands at, in the order in which they give back.
 * @returns by number, of those that give back anything; undefined if the documents do not have it under these taxes.
 */
export function takeBack(
  less: readonly TaxGroup[],
  documents: ReadonlyMap<string, TaxGroups>,
): ReadonlyMap<string, TaxGroups> | undefined {
  const taken = new Map<string, TaxGroups>();
  for (const group of less) {
    const parts = partsOf(group, documents);
    if (!parts) return undefined;
    for (const [number, part] of parts)
      taken.set(number, plus(taken.get(number) ?? new Map(), new Map([[groupKey(part.category, part.percent), part]])));
  }
  // A document that gave more than it charged under another tax stands at less than its taxes one by one.
  const has = ([number, groups]: readonly [string, TaxGroups]) =>
    compare(totalOf(groups), totalOf(documents.get(number) ?? new Map())) <= 0;
  return [...taken].every(has) ? taken : undefined;
}

/** Who gives all of its base gives all of its tax; the last one gives the tax that is left, which must be one it has. */
function partsOf(
  group: TaxGroup,
  documents: ReadonlyMap<string, TaxGroups>,
): ReadonlyMap<string, TaxGroup> | undefined {
  const parts = new Map<string, TaxGroup>();
  let open = group;
  for (const [number, groups] of documents) {
    const stands = groups.get(groupKey(group.category, group.percent));
    if (!stands || netOf(stands).n <= 0n) continue;
    const shares = upTo(netOf(stands), open.shares);
    const givesAll = compare(netOf({ ...group, shares }), netOf(stands)) === 0;
    const isLast = compare(netOf({ ...group, shares }), netOf(open)) === 0;
    const tax = isLast ? open.tax : stands.tax;
    if (tax.n < 0n || compare(tax, stands.tax) > 0 || (givesAll && compare(tax, stands.tax) !== 0)) return undefined;
    parts.set(number, { ...group, shares, tax });
    if (isLast) return parts;
    open = { ...group, shares: without(open.shares, shares), tax: subtract(open.tax, tax) };
  }
  return undefined;
}

function upTo(room: Rational, shares: ReadonlyMap<string, Rational>): ReadonlyMap<string, Rational> {
  let left = room;
  const taken = new Map<string, Rational>();
  for (const [id, amount] of shares) {
    const part = smaller(amount, left);
    if (part.n > 0n) taken.set(id, part);
    left = subtract(left, part);
  }
  return taken;
}

function without(
  shares: ReadonlyMap<string, Rational>,
  taken: ReadonlyMap<string, Rational>,
): ReadonlyMap<string, Rational> {
  return new Map([...shares].map(([id, amount]) => [id, subtract(amount, taken.get(id) ?? zero)]));
}
