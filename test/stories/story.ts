/** How a story is told: the rules as the analyst writes them, what happened, and the invoice as the customer reads it. */
import { compileRules } from '../../dsl/compile.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, BillLine, CycleEvaluation } from '../../engine/model.ts';
import type { PrepaidPart } from '../../engine/prepaid-credit.ts';
import { destinations, roamingZones, source, withHolidays } from '../dsl/sources.ts';
import { noteBill } from './stories-in-the-books.ts';

/** Tables that many rules read, as in the price list. */
export const destinationTable =
  'table destination from "tables/destinations.csv" by longest prefix of event.called_number, otherwise home';
export const roamingTable =
  'table roaming_zone from "tables/roaming-zones.csv" by exact event.visited_network, otherwise home';

/** The bill of a cycle by rules in the rule language. A fault or a warning in them is an error. */
export function bill(text: string, cycle: AccountCycle): CycleEvaluation {
  const more = [destinations, roamingZones].filter(({ path }) => text.includes(path));
  const { ruleSet, diagnostics } = compileRules(source(text, ...more), withHolidays);
  if (!ruleSet || diagnostics.length > 0) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  const evaluation = evaluateCycle(cycle, loadRuleSet(ruleSet));
  noteBill(evaluation.bill);
  return evaluation;
}

/** The invoice: line by line what, how it came about and how much; then net, taxes and total. */
export function invoice({
  bill: { lines, net, taxes, total, currency, prepaid },
  exceptions,
}: CycleEvaluation): string {
  const rows = [
    ...lines.map((line) => [titleOf(line), line.because.how, line.amount]),
    ['Net', '', net],
    ...taxes.map((tax) => [tax.note ?? 'VAT', tax.because.how, tax.amount]),
    ['Total', currency, total],
    ...(prepaid ? prepaidRows(prepaid) : []),
    ...exceptions.map(({ code, evidence }) => [`! ${code}`, evidence, '']),
  ];
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const [first, second, third] = [width(0), width(1), width(2)];
  const print = ([what = '', how = '', amount = '']: readonly string[]) =>
    `${what.padEnd(first)} | ${how.padEnd(second)} | ${amount.padStart(third)}`;
  return `\n${rows.map(print).join('\n')}\n`;
}

/** What credit paid of it, what is left to pay, and what is left of the credit. */
function prepaidRows({ paid, rounding, due, used, expired, left }: PrepaidPart): readonly string[][] {
  return [
    ['Paid by credit', used.map(({ credit, amount }) => `${amount} of ${credit}`).join(', '), paid],
    ...(rounding ? [['Rounding', '', rounding]] : []),
    ['To pay', '', due],
    ...(expired === '0.00' ? [] : [['Credit expired', '', expired]]),
    ...left.map(({ id, amount }) => ['Credit left', id, amount]),
  ];
}

function titleOf({ title, kind, from, until }: BillLine): string {
  return kind === 'fee' || kind === 'fee refund' ? `${title} ${from} – ${until}` : title;
}
