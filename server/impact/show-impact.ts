import { type AccountImpact, type Change, type GroupChange, type Impact, totalChange } from '../../engine/impact.ts';
import { formatAmount } from '../../engine/money.ts';
import { formatFor } from '../format.ts';

/** An impact with what it is of, for a reader. */
export interface ImpactReport {
  /** "the sample company's May 2026 (200 accounts, seed 42)". */
  readonly cycles: string;
  readonly before: string;
  readonly after: string;
  readonly impacts: readonly Impact[];
}

/** Markdown for a pull request: what one must know first, the rest folded. */
export function impactAsMarkdown({ cycles, before, after, impacts }: ImpactReport): string {
  const opening = `Billed under \`${before}\` and \`${after}\`: ${cycles}.\n`;
  return [opening, ...impacts.map(impactSection)].join('\n');
}

function impactSection(impact: Impact): string {
  const { currency, accounts, net, tax, total, plans, categories, segments, distribution, movers } = impact;
  const row = (name: string, change: Change) => `| ${name} | ${cells(change, currency)} |`;
  const same = distribution.find(({ change }) => change === 'the same')?.accounts ?? 0;
  const people =
    accounts === same
      ? 'No account pays anything else.'
      : `${accounts - same} of ${accounts} accounts pay more or less.`;
  return [
    '| | before | after | change |\n|---|---:|---:|---:|',
    ...[row('net', net), row('tax', tax), row('**total**', total)],
    `\n${people}${heldSentence(impact)}`,
    ...(accounts === same
      ? []
      : [
          groupTable('plan', plans, currency),
          groupTable('customers', categories, currency),
          ...(segments.length > 0 ? [groupTable('segment', segments, currency)] : []),
          folded('How much it is for how many', distributionTable(distribution)),
          folded('Whom it moves most', moversTable(movers, currency)),
        ]),
    ...(impact.newlyHeld.accounts > 0 ? [folded('Newly held invoices', heldTable(impact))] : []),
    '',
  ].join('\n');
}

function heldSentence({ newlyHeld, noLongerHeld }: Impact): string {
  const parts = [
    ...(newlyHeld.accounts > 0 ? [`**${invoices(newlyHeld.accounts)} newly held**`] : []),
    ...(noLongerHeld.accounts > 0 ? [`${invoices(noLongerHeld.accounts)} no longer held`] : []),
  ];
  return parts.length === 0 ? ' The same invoices are held.' : ` ${parts.join(', ')}.`;
}

function invoices(count: number): string {
  return count === 1 ? '1 invoice is' : `${count} invoices are`;
}

function groupTable(what: string, groups: readonly GroupChange[], currency: string): string {
  const rows = groups.map((group) => `| ${group.key} | ${group.accounts} | ${cells(group, currency)} |`);
  return `\n| ${what} (net) | accounts | before | after | change |\n|---|---:|---:|---:|---:|\n${rows.join('\n')}`;
}

function distributionTable(distribution: Impact['distribution']): string {
  const rows = distribution.filter(({ accounts }) => accounts > 0);
  return `| total | accounts |\n|---|---:|\n${rows.map(({ change, accounts }) => `| ${change} | ${accounts} |`).join('\n')}`;
}

function moversTable(movers: readonly AccountImpact[], currency: string): string {
  const rows = movers.map(
    (one) => `| ${one.accountId} | ${escaped(one.customer)} | ${cells(changeOf(one), currency)} |`,
  );
  return `| account | customer | before | after | change |\n|---|---|---:|---:|---:|\n${rows.join('\n')}`;
}

function heldTable({ newlyHeld: { accounts, first } }: Impact): string {
  const rows = first.map((one) => `| ${one.accountId} | ${escaped(one.customer)} | ${one.after.heldBy.join(', ')} |`);
  const more = accounts > first.length ? `\n\nand ${accounts - first.length} more` : '';
  return `| account | customer | because of |\n|---|---|---|\n${rows.join('\n')}${more}`;
}

/** What an account pays on each side, tax included. */
export function changeOf(one: AccountImpact): Change {
  return {
    before: one.before.total,
    after: one.after.total,
    change: formatAmount(totalChange(one), one.currency),
  };
}

function cells({ before, after, change }: Change, currency: string): string {
  const format = formatFor('en');
  const sign = change.startsWith('-') || /^[0.]+$/.test(change) ? '' : '+';
  return `${format.money(before, currency)} | ${format.money(after, currency)} | ${sign}${format.money(change, currency)}`;
}

function folded(title: string, table: string): string {
  return `\n<details><summary>${title}</summary>\n\n${table}\n\n</details>`;
}

/** A name with a pipe in it would break the row. */
function escaped(text: string): string {
  return text.replace(/[|<>\\]/g, '\\$&');
}
