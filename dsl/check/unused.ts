/** What nothing reads or sends: a rule that was forgotten, or something to be removed. Warnings. */
import type { Report } from '../diagnostic.ts';
import type { RuleDraft } from '../families/rule.ts';
import type { Book, Placed } from './book.ts';
import { factsNeeded } from './facts-read.ts';
import { sendsOf } from './sends.ts';

export function reportUnused(
  rules: readonly RuleDraft[],
  placed: readonly Placed[],
  book: Book,
  reportIn: (file: string) => Report,
): void {
  const read = factsRead(rules, book);
  for (const { sentence, report } of placed) {
    const { name, kind } = sentence;
    if (kind === 'declare fact' && !read.has(name.text)) {
      report(
        'unused-fact',
        name.span,
        `no rule reads the fact \`${name.text}\``,
        'use it in a condition, or remove its declaration',
      );
    }
    if ((kind !== 'table' && kind !== 'calendar') || book.used.has(name.text)) continue;
    const use = kind === 'table' ? `${name.text} is …` : `time is ${name.text}`;
    report(
      kind === 'table' ? 'unused-table' : 'unused-calendar',
      name.span,
      `no rule reads the ${kind} \`${name.text}\``,
      `use it (\`${use}\`), or remove it`,
    );
  }
  const sent = new Set(rules.flatMap(({ outcome }) => sendsOf(outcome).map(({ message }) => message)));
  for (const name of book.messages.keys()) {
    if (sent.has(name)) continue;
    const file = `messages/${name}/message.json`;
    reportIn(file)(
      'unused-message',
      { start: 0, end: /^[^\r\n]*/.exec(book.files.get(file) ?? '')?.[0].length ?? 0 },
      `no rule sends the message "${name}"`,
      `send it (\`send "${name}" to customer\`), or remove its folder`,
    );
  }
}

/** Every fact that decides something, stands in evidence, dates a reminder or is looked up by. */
function factsRead(rules: readonly RuleDraft[], book: Book): ReadonlySet<string> {
  const conditions = rules.map((rule) => rule.conditions);
  const named = rules.flatMap(({ outcome }) => {
    if (outcome.kind === 'remind' || outcome.kind === 'dunning') return [outcome.date];
    if (outcome.kind !== 'anomaly') return [];
    return outcome.because.flatMap((part) => (typeof part === 'string' ? [] : [part.fact]));
  });
  const keys = [...book.tables.values()].map(({ key }) => key);
  const known = factsNeeded(conditions, book.derived).map((fact) => fact.replace(/\.known$/, ''));
  return new Set([...known, ...named, ...keys]);
}
