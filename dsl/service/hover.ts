/** What a word means, at a place in text that may be half-typed. */
import type { Scope } from '../../engine/rule-set.ts';
import { businessEvents } from '../../engine/vocabulary.ts';
import type { Analysis } from '../compile.ts';
import { conditionInWords, partsOf } from '../diff/conditions.ts';
import { propertiesOf } from '../diff/properties.ts';
import type { RuleDraft } from '../families/rule.ts';
import { clauseWords, isUnit, sentenceWords, units } from '../syntax/keywords.ts';
import { splitLines } from '../syntax/lines.ts';
import { ruleKinds } from '../syntax/sentences.ts';
import { UnitWord } from '../syntax/tokens.ts';
import type { Span } from '../syntax/tree.ts';
import { factDetail } from './complete.ts';
import { type Named, namedAt } from './resolve.ts';
import type { Workspace } from './workspace.ts';

export interface Hover {
  readonly span: Span;
  readonly markdown: string;
}

export function hover(workspace: Workspace, path: string, offset: number): Hover | undefined {
  const analysis = workspace.analysis();
  const named = namedAt(analysis, path, offset);
  const meaning = named && meaningOf(named, analysis);
  if (named && meaning !== undefined) return { span: named.span, markdown: meaning };
  const token = splitLines(workspace.textOf(path)).tokens.find(
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
  return help === undefined ? undefined : { span, markdown: `**${keyword}**: ${help}` };
}

function meaningOf({ kind, name }: Named, analysis: Analysis): string | undefined {
  const { book, rules } = analysis;
  const rule = rules.find((candidate) => candidate.name === (kind === 'row' ? name : `${kind}.${name}`));
  if (rule && (kind === 'row' || (ruleKinds as readonly string[]).includes(kind)))
    return ruleInWords(rule, kind, analysis);
  switch (kind) {
    case 'fact':
      return factInWords(name, analysis);
    case 'table': {
      const table = book.tables.get(name);
      const fact = book.facts.get(name);
      return table && `**${name}**: table by ${table.key}${fact ? `\n\nReads ${factDetail(fact)}.` : ''}`;
    }
    case 'plan': {
      const sentence = book.plans.get(name)?.at(-1)?.sentence;
      const like = sentence?.like ? `, like \`${sentence.like.text}\`` : '';
      return sentence && `**${name}**: plan${sentence.title ? ` "${sentence.title.text}"` : ''}${like}`;
    }
    case 'contract': {
      const sentence = book.contracts.get(name)?.at(-1)?.sentence;
      return sentence && `**${name}**: contract of customer ${sentence.customer.text} on plan ${sentence.plan.text}`;
    }
    case 'calendar': {
      const calendar = book.calendars.get(name);
      return calendar && `**${name}**: calendar of ${calendar.bands.map(({ days }) => days).join(', ')}`;
    }
    case 'service': {
      const service = book.services.get(name);
      return service && `**${name}**: service, measured in ${service.measure}. ${service.doc}`;
    }
    case 'list': {
      const list = book.lists.get(name);
      return list && `**${name}**: ${list.join(', ')}`;
    }
    case 'message': {
      const message = book.messages.get(name);
      return (
        message &&
        `**${name}**: ${message.purpose} message by ${message.channels.join(', ')}, in ${message.languages.join(', ')}`
      );
    }
    case 'event': {
      const event = businessEvents.find((candidate) => candidate.name === name);
      return event && `**${name}**: event. ${event.doc}`;
    }
    case 'role':
      return book.roles.has(name) ? `**${name}**: role of your company${docOf(name, kind, analysis)}` : undefined;
    case 'category':
      return book.categories.has(name) ? `**${name}**: fiscal category${docOf(name, kind, analysis)}` : undefined;
    case 'value': {
      const [fact = '', value = ''] = name.split(' ');
      const definition = book.facts.get(fact);
      return definition && `**${value}**: a value of \`${fact}\` (${factDetail(definition)})`;
    }
    default:
      return undefined;
  }
}

function docOf(name: string, kind: 'role' | 'category', { sentences }: Analysis): string {
  const declared = sentences.find(({ sentence }) => sentence.kind === `declare ${kind}` && sentence.name.text === name);
  const doc = declared && 'doc' in declared.sentence ? declared.sentence.doc?.text : undefined;
  return doc ? `. ${doc}` : '';
}

function factInWords(name: string, { book }: Analysis): string | undefined {
  const fact = book.facts.get(name);
  if (!fact) return undefined;
  const said = fact.sentence ? ` Said as \`${fact.sentence}\`.` : '';
  return `**${name}** (${factDetail(fact)})\n\n${fact.doc}${said}\n\n${scopeInWords(fact.scope)}`;
}

function scopeInWords(scope: Scope): string {
  return `Known of each ${scope}.`;
}

/** The id, and what it compiles to. */
function ruleInWords(rule: RuleDraft, kind: string, { book }: Analysis): string {
  const parts = partsOf(rule.conditions).map((part) => conditionInWords(part, (fact) => book.facts.get(fact)?.type));
  const { kind: _, ...outcome } = rule.outcome;
  const does = propertiesOf(outcome, {}).map(([label, words]) => `${label} ${words}`);
  const when = rule.otherwise ? 'where nothing else fits' : parts.length > 0 ? `when ${parts.join(' and ')}` : 'always';
  const title = rule.title ? ` "${rule.title}"` : '';
  return [
    `**${kind === 'row' ? rule.name : kind}**${title}${kind === 'row' ? '' : ` \`${rule.name}\``} (${policies[rule.policy]})`,
    `Applies ${when}.`,
    ...(does.length > 0 ? [`${does.join('; ')}.`] : []),
  ].join('\n\n');
}

const policies: Readonly<Record<RuleDraft['policy'], string>> = {
  'exactly one': 'exactly one of its kind fits',
  first: 'the first that fits',
  all: 'all that fit',
};
