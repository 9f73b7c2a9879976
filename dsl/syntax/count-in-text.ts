/** A count over time between the braces of a text: `{count of voice to premium in 1 h}`. */
import type { EventCountNode, Word } from './tree.ts';

/** `at` is where the text between the braces begins. Undefined if it is no count. */
export function countInText(written: string, at: number): EventCountNode | undefined {
  const found = pattern.exec(written);
  const [service, destinations, number, unit] = [1, 2, 3, 4].map((group) => wordAt(found, group, at));
  if (!found || !service || !number || !unit) return undefined;
  const to = destinations ? [...destinations.text.matchAll(/\w+/g)].filter(([name]) => name !== 'or') : [];
  return {
    kind: 'count',
    service,
    to: to.map(({ 0: text, index }) => word(text, (destinations?.span.start ?? 0) + index)),
    within: {
      kind: 'quantity',
      number: number.text,
      unit,
      span: { start: number.span.start, end: unit.span.end },
    },
    span: { start: at, end: at + written.length },
  };
}

const pattern = /^\s*count\s+of\s+(\w+)(?:\s+to\s+(\w+(?:\s+or\s+\w+)*))?\s+in\s+(\d+(?:\.\d+)?)\s*(\w+)\s*$/d;

function wordAt(found: RegExpExecArray | null, group: number, at: number): Word | undefined {
  const [start] = found?.indices?.[group] ?? [];
  const text = found?.[group];
  return start === undefined || text === undefined ? undefined : word(text, at + start);
}

function word(text: string, start: number): Word {
  return { text, span: { start, end: start + text.length } };
}
