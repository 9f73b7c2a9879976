/** What is different between two bills of one cycle, line by line, and how a correction says so. */
import type { Because, Bill, BillLine } from './model.ts';
import { compare, larger, negate, parseDecimal, type Rational, subtract } from './money.ts';
import { groupKey } from './tax-groups.ts';

/** A line that is on one of two bills only, or on both with different amounts. */
export interface Change {
  readonly line: BillLine;
  readonly was: string;
  readonly is: string;
}

export function changedLines(before: Bill, after: Bill): readonly Change[] {
  const known = new Map(before.lines.map((line) => [line.id, line]));
  const now = new Map(after.lines.map((line) => [line.id, line]));
  const kept = after.lines.flatMap((line): readonly Change[] => {
    const was = known.get(line.id);
    if (!was || isSameTax(was, line))
      return was?.amount === line.amount ? [] : [{ line, was: was?.amount ?? '0.00', is: line.amount }];
    // With another tax the line is taken from the one and put to the other.
    return [
      { line: was, was: was.amount, is: '0.00' },
      { line, was: '0.00', is: line.amount },
    ];
  });
  const gone = before.lines.filter(({ id }) => !now.has(id)).map((line) => ({ line, was: line.amount, is: '0.00' }));
  return [...kept, ...gone];
}

/** Title, service and reason of the correction of one subscription's charges under one tax. */
export function changeInWords(
  changes: readonly Change[],
  subscriptionId: string,
  group: { readonly category: string; readonly percent: string },
  { lines, currency }: Bill,
): Pick<BillLine, 'title' | 'because'> & { readonly service?: string } {
  const key = groupKey(group.category, group.percent);
  const under = (line: BillLine) =>
    line.subscriptionId === subscriptionId && groupKey(line.taxCategory, line.taxPercent) === key;
  const own = changes.filter(({ line }) => under(line)).sort((a, b) => compare(sizeOf(b), sizeOf(a)));
  const [first] = own;
  if (!first) return taken(lines.find(under));
  const services = new Set(own.map(({ line }) => line.service));
  const { rule, at } = first.line.because;
  const told = own
    .slice(0, mostTold)
    .map(({ line, was, is }) => `${line.title} was ${was} ${currency}, should be ${is} ${currency}`);
  const how = own.length > mostTold ? [...told, `${own.length - mostTold} more that changed less`] : told;
  return {
    title: [...new Set(own.slice(0, 3).map(({ line }) => line.title))].join(', '),
    ...(services.size === 1 && first.line.service !== undefined && { service: first.line.service }),
    because: { rule, at, how: how.join('; ') },
  };
}

/** Of an account with thousands of lines, nobody reads more. */
const mostTold = 8;

/** A document is taken back whole, and this part of it is charged again as it was. */
function taken(line: BillLine | undefined): { readonly title: string; readonly because: Because } {
  const { rule, at } = line?.because ?? { rule: 'credit', at: { file: '', line: 0 } };
  return {
    title: line?.title ?? 'Charges',
    because: { rule, at, how: 'nothing of it changed; the invoice is replaced' },
  };
}

function isSameTax(a: BillLine, b: BillLine): boolean {
  return groupKey(a.taxCategory, a.taxPercent) === groupKey(b.taxCategory, b.taxPercent);
}

function sizeOf({ was, is }: Change): Rational {
  const difference = subtract(parseDecimal(is), parseDecimal(was));
  return larger(difference, negate(difference));
}
