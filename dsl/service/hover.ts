/** What a word means, at a place in text that may be half-typed. */
import { describe } from '../check/amounts.ts';
import type { Book } from '../check/book.ts';
import { clauseWords, isUnit, sentenceWords, units } from '../syntax/keywords.ts';
import { splitLines } from '../syntax/lines.ts';
import { UnitWord } from '../syntax/tokens.ts';
import type { Span } from '../syntax/tree.ts';
import { factDetail } from './complete.ts';
import type { Workspace } from './workspace.ts';

export interface Hover {
  readonly span: Span;
  readonly markdown: string;
}

export function hover(workspace: Workspace, path: string, offset: number): Hover | undefined {
  const text = workspace.textOf(path);
  const token = splitLines(text).tokens.find(
    ({ startOffset, endOffset = startOffset }) => startOffset <= offset && offset <= endOffset,
  );
  if (!token) return undefined;
  const span = { start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
  if (token.tokenType === UnitWord && isUnit(token.image)) {
    const { measures, size } = units[token.image];
    return {
      span,
      markdown: `**${token.image}**: unit of ${measures}${size > 1 && measures === 'data' ? `, ${size.toLocaleString('en')} bytes` : ''}`,
    };
  }
  const keyword = token.image.replace(/\s+/g, ' ');
  const help = { ...sentenceWords, ...clauseWords }[keyword as keyof typeof sentenceWords];
  const markdown = help ? `**${keyword}**: ${help}` : meaningOf(token.image, workspace.analysis().book);
  return markdown === undefined ? undefined : { span, markdown };
}

function meaningOf(name: string, book: Book): string | undefined {
  const fact = book.facts.get(name);
  if (fact) return `**${name}** (${factDetail(fact)})\n\n${fact.doc}`;
  const plan = book.plans.get(name)?.at(-1)?.sentence;
  if (plan) return `**${name}**: plan${plan.title ? ` "${plan.title.text}"` : ''}`;
  const calendar = book.calendars.get(name);
  if (calendar) return `**${name}**: calendar of ${calendar.bands.map(({ days }) => days).join(', ')}`;
  const discount = book.discounts.get(name)?.sentence;
  if (discount) return `**${name}**: discount${discount.title ? ` "${discount.title.text}"` : ''}`;
  const service = book.services.get(name);
  if (service) return `**${name}**: service. ${service.doc}`;
  const list = book.lists.get(name);
  if (list) return `**${name}**: ${list.join(', ')}`;
  const owners = [...book.facts.values()].filter(
    (candidate) => candidate.type.kind === 'enum' && candidate.type.values.includes(name),
  );
  return owners.length > 0
    ? `**${name}**: a value of ${owners.map((owner) => `\`${owner.name}\` (${describe(owner.type)})`).join(', ')}`
    : undefined;
}
