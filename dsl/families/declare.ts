/** Declarations: facts, services, roles, lists, the zone of the rulebook. */
import type { FactType, Scope, ServiceDefinition } from '../../engine/rule-set.ts';
import { addService, type Book, type Placed } from '../check/book.ts';
import { nearest } from '../check/nearest.ts';
import { checkZone } from '../check/zones.ts';
import type { Report } from '../diagnostic.ts';
import type { DeclareSentence } from '../syntax/sentences.ts';
import type { TypeNode, Value, Word } from '../syntax/tree.ts';

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
const measures: readonly string[] = [
  'duration',
  'data',
  'messages',
  'value',
  'units',
] satisfies ServiceDefinition['measure'][];
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
      if (name.text === 'customer')
        report(
          'duplicate-name',
          name.span,
          'messages go to the customer without a declaration',
          'leave this declaration out',
        );
      book.roles.add(name.text);
      return;
    case 'declare category':
      book.categories.add(name.text);
      return;
    case 'declare list':
      book.lists.set(
        name.text,
        (sentence.values ?? []).flatMap((value) => listItem(value, report) ?? []),
      );
      return;
    case 'declare zone':
      book.zone = checkZone(name, report) ?? book.zone;
      return;
    case 'declare service': {
      if (book.services.has(name.text)) {
        report(
          'duplicate-name',
          name.span,
          `the service \`${name.text}\` is there already`,
          'choose another name, or leave this declaration out',
        );
        return;
      }
      const measure = sentence.type?.name ?? '';
      if (measures.includes(measure))
        addService(book, { name: name.text, measure: measure as ServiceDefinition['measure'], doc });
      else if (sentence.type) {
        book.lost.add(name.text);
        report(
          'unknown-type',
          sentence.type.span,
          `a service is not measured in \`${measure}\``,
          `write one of: ${measures.join(', ')}`,
        );
      }
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

/** A word, or a number that is a code: `26201`. */
function listItem(value: Value, report: Report): string | undefined {
  if ('text' in value) return value.text;
  if (value.kind === 'quantity' && !value.unit) return value.number;
  report('wrong-type', value.span, 'a list has words, not amounts', 'write a word, a code or a text in quotes');
  return undefined;
}

function declareFact(sentence: DeclareSentence, doc: string, book: Book, report: Report): void {
  const { name } = sentence;
  if (name.text.endsWith('.known')) {
    report('duplicate-name', name.span, 'what ends in `.known` says whether a fact is missing', 'choose another name');
    return;
  }
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
  if (!scope || !type) {
    book.lost.add(name.text);
    return;
  }
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
