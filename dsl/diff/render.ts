/** Differences for a terminal, and for the discussion of a pull request. */
import type { Difference } from './difference.ts';

const headings = { added: 'New', changed: 'Changed', moved: 'Moved', renamed: 'Renamed', removed: 'Gone' } as const;

/** One paragraph per difference; says so if there is none. */
export function renderDifferences(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'No difference in meaning.\n';
  return `${differences
    .map(({ kind, ids, at, details }) =>
      [
        `${headings[kind]}: ${ids.join(', ')}${at ? `  (${at.file}:${at.line})` : ''}`,
        ...details.map((detail) => `  ${detail}`),
      ].join('\n'),
    )
    .join('\n\n')}\n`;
}

/** GitHub's Markdown, grouped by what happened. */
export function differencesAsMarkdown(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'The rules mean what they meant before.\n';
  const kinds = Object.keys(headings) as (keyof typeof headings)[];
  return kinds
    .flatMap((kind) => {
      const own = differences.filter((difference) => difference.kind === kind);
      return own.length === 0 ? [] : [`**${headings[kind]}** (${own.length})\n\n${own.map(item).join('\n')}\n`];
    })
    .join('\n');
}

function item({ ids, at, details }: Difference): string {
  const names = ids.map((id) => `\`${id}\``).join(', ');
  const place = at ? ` (${at.file}:${at.line})` : '';
  const [first = '', ...more] = details;
  if (more.length === 0) return `- ${names}${place}: ${first}`;
  return `- ${names}${place}\n${details.map((detail) => `  - ${detail}`).join('\n')}`;
}
