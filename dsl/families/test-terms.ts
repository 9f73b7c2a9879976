/** What a test says about the account: its contract, its lines, what earlier bills have left and told. */
import type { TestSetting } from '../../engine/test-case.ts';
import type { Book, Placed } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import { expectPositive, moneyToBase } from '../check/quantities.ts';
import { knownService } from '../check/services.ts';
import { instantToBase } from '../check/zones.ts';
import type { GivenItem, UsageNode } from '../syntax/test-clauses.ts';
import type { Node, Word } from '../syntax/tree.ts';
import { measureOfService } from './price.ts';
import { ruleNamed } from './test-expectation.ts';

export type AgreedItem = Extract<
  GivenItem,
  { kind: 'contract' | 'members' | 'balance' | 'committed' | 'credit' | 'told' }
>;
export type AgreedSetting = Pick<TestSetting, 'contract' | 'lines' | 'balances' | 'committed' | 'prepaid' | 'told'>;

const mostLines = 1000;

/** The setting with one more thing said. Undefined if something has been reported. */
export function lowerAgreed(
  setting: AgreedSetting,
  item: AgreedItem,
  placed: Placed,
  book: Book,
  zone: string,
): AgreedSetting | undefined {
  switch (item.kind) {
    case 'contract': {
      const contract = knownContract(item.name, placed, book);
      return contract === undefined ? undefined : { ...setting, contract };
    }
    case 'members': {
      const lines = numberOfLines(item.count, item, placed);
      return lines === undefined ? undefined : { ...setting, lines };
    }
    case 'balance': {
      const service = knownService(item.service, book, placed.report);
      const definition = service === undefined ? undefined : book.services.get(service);
      if (!definition) return undefined;
      const what = `what is left of ${definition.name}`;
      const remaining = expectPositive(item.quantity, measureOfService(definition), what, placed.report);
      if (remaining === undefined) return undefined;
      return { ...setting, balances: [...(setting.balances ?? []), { service: definition.name, remaining }] };
    }
    case 'told': {
      const { rule } = ruleNamed(item.rule, 'advantage', { placed, book }) ?? {};
      if (rule === undefined || moneyToBase(item.amount, placed.report) === undefined) return undefined;
      return { ...setting, told: [...(setting.told ?? []), { rule, amount: item.amount.amount }] };
    }
    case 'credit': {
      const validFrom = item.at && instantToBase(item.at, zone, placed.report);
      if ((item.at && validFrom === undefined) || moneyToBase(item.amount, placed.report) === undefined)
        return undefined;
      const credit = { kind: item.of, amount: item.amount.amount, ...(validFrom !== undefined && { validFrom }) };
      return { ...setting, prepaid: [...(setting.prepaid ?? []), credit] };
    }
    case 'committed': {
      const contract = knownContract(item.contract, placed, book);
      if (contract === undefined || moneyToBase(item.amount, placed.report) === undefined) return undefined;
      return { ...setting, committed: [...(setting.committed ?? []), { contract, charged: item.amount.amount }] };
    }
  }
}

/** Whether the line that uses something is there. */
export function hasLine({ line }: UsageNode, { lines = 1 }: AgreedSetting, { report }: Placed): boolean {
  if (!line || (/^\d+$/.test(line.text) && Number(line.text) >= 1 && Number(line.text) <= lines)) return true;
  report(
    'unknown-value',
    line.span,
    `there is no line ${line.text}: the account has ${lines === 1 ? 'one line' : `${lines} lines`}`,
    'say how many there are before it: `given 3 lines in the group`',
  );
  return false;
}

function numberOfLines(count: string, at: Node, { report }: Placed): number | undefined {
  const lines = Number(count);
  if (Number.isSafeInteger(lines) && lines >= 1 && lines <= mostLines) return lines;
  report(
    lines > mostLines ? 'too-large' : Number.isSafeInteger(lines) ? 'not-positive' : 'too-fine',
    at.span,
    `a group cannot have ${count} lines`,
    `write a whole number of lines, at most ${mostLines}`,
  );
  return undefined;
}

function knownContract(name: Word, { report }: Placed, book: Book): string | undefined {
  if (book.contracts.has(name.text)) return name.text;
  const guess = nearest(name.text, book.contracts.keys());
  report(
    'unknown-contract',
    name.span,
    `there is no contract \`${name.text}\``,
    guess ? `did you mean \`${guess}\`?` : 'describe it with a `contract` sentence',
  );
  return undefined;
}
