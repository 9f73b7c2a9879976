/** Declarations: facts, services, roles, lists, the zone of the rulebook. */
import type { FactType, Scope, ServiceDefinition } from '../../engine/rule-set.ts';
import { addService, type Book, type Placed } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import { checkZone } from '../check/zones.ts';
import type { Report } from '../diagnostic.ts';
import type { DeclareSentence } from '../syntax/sentences.ts';
import type { TypeNode, Word } from '../syntax/tree.ts';

const plainTypes = [
  'money',
  'duration',
  'data',
  'count',
  'percent',
  'date',
  'instant',
  'time',
  'text',
  'phone',
  'network',
] as const;
const measures: readonly string[] = ['duration', 'data', 'messages'] satisfies ServiceDefinition['measure'][];
const scopes = [
  'event',
  'subscription',
  'account',
  'customer',
  'order',
  'invoice',
  'payment',
] as const satisfies readonly Scope[];

export function declare({ sentence, report }: Placed<DeclareSentence>, book: Book): void {
  const { name } = sentence;
  const doc = sentence.doc?.text ?? '';
  switch (sentence.kind) {
    case 'declare role':
      book.roles.add(name.text);
      return;
    case 'declare list':
      book.lists.set(
        name.text,
        (sentence.values ?? []).flatMap((value) => ('text' in value ? [value.text] : [])),
      );
      return;
    case 'declare zone':
      book.zone = checkZone(name, report) ?? book.zone;
      return;
    case 'declare service': {
      const measure = sentence.type?.name ?? '';
      if (measures.includes(measure))
        addService(book, { name: name.text, measure: measure as ServiceDefinition['measure'], doc });
      else if (sentence.type)
        report(
          'unknown-type',
          sentence.type.span,
          `a service is not measured in \`${measure}\``,
          `write one of: ${measures.join(', ')}`,
        );
      return;
    }
    case 'declare fact':
      declareFact(sentence, doc, book, report);
  }
}

/** The type a person wrote, or a report. */
export function lowerType(type: TypeNode, report: Report): FactType | undefined {
  const values = type.values.map(({ text }) => text);
  if (type.name === 'one of') return { kind: 'enum', values };
  if (type.name === 'list of') return { kind: 'list', values };
  if (type.name === 'yes/no') return { kind: 'boolean' };
  const kind = plainTypes.find((plain) => plain === type.name);
  if (kind) return { kind };
  const guess = nearest(type.name, plainTypes);
  report(
    'unknown-type',
    type.span,
    `there is no type \`${type.name}\``,
    guess ? `did you mean \`${guess}\`?` : `write one of: ${plainTypes.join(', ')}, yes/no, one of …, list of …`,
  );
  return undefined;
}

function declareFact(sentence: DeclareSentence, doc: string, book: Book, report: Report): void {
  const { name } = sentence;
  if (book.facts.has(name.text)) {
    report(
      'duplicate-name',
      name.span,
      `the fact \`${name.text}\` is there already`,
      'choose another name, or leave this declaration out',
    );
    return;
  }
  const scope = scopeOf(sentence, report);
  const type = sentence.type && lowerType(sentence.type, report);
  if (!scope || !type) return;
  book.facts.set(name.text, {
    name: name.text,
    type,
    scope,
    doc,
    ...(sentence.optional && { optional: true }),
    ...(sentence.sentence && { sentence: sentence.sentence.text }),
  });
}

/** Said with `of`, or the first part of the name. */
function scopeOf({ name, scope }: DeclareSentence, report: Report): Scope | undefined {
  const word: Word = scope ?? { ...name, text: name.text.split('.')[0] ?? '' };
  const known = scopes.find((candidate) => candidate === word.text);
  if (known) return known;
  report(
    'unknown-value',
    word.span,
    `nothing says what \`${name.text}\` is a fact of`,
    `add \`of\` and one of: ${scopes.join(', ')}`,
  );
  return undefined;
}
