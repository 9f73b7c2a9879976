/**
 * The one format of rules. Only blanks, line ends and depth change: the words stay in their order, and comments by the words
 * that they stand above or behind. Line ends are set by what is written and not by how it was broken, so that equal rules look equal.
 * A sentence with a syntax error is left exactly as it is.
 */
import type { Edit } from '../diagnostic.ts';
import type { Span } from '../syntax/tree.ts';
import { type CommentLine, cutRegions, type Region } from './regions.ts';
import { formatSentence } from './sentence.ts';

/** The text in its one format: `\n` at line ends, one at the end of the text, no byte order mark. */
export function formatRules(text: string): string {
  return formatRegions(text)
    .map(({ text: formatted }) => formatted)
    .join('');
}

/**
 * The changes that bring a text into its format, one for each sentence that differs, with the comments above it.
 *
 * @param within only sentences that this span touches.
 */
export function formatEdits(text: string, within?: Span): readonly Edit[] {
  return formatRegions(text).filter(
    ({ span, text: formatted }) =>
      text.slice(span.start, span.end) !== formatted &&
      (!within || (span.start <= within.end && within.start < span.end)),
  );
}

/** Regions follow on each other without a gap. */
function formatRegions(text: string): readonly Edit[] {
  let before: Block | undefined;
  return cutRegions(text).map(({ span, comments, sentence }): Edit => {
    const blocks = blocksOf(comments, sentence);
    const written = blocks.map((block) => {
      const gap = before && needsBlank(before, block, blocks.at(-1)) ? '\n' : '';
      before = block;
      return `${gap}${block.text}\n`;
    });
    return { span, text: written.join('') };
  });
}

interface Block {
  readonly kind: 'comment' | 'sentence';
  readonly text: string;
  readonly blankBefore: boolean;
  /** A sentence on one line, or one that cannot be read: beside these the author's blank lines stay. */
  readonly isLoose: boolean;
}

function blocksOf(comments: readonly CommentLine[], sentence: Region['sentence']): readonly Block[] {
  const above = comments.map((comment): Block => ({ kind: 'comment', isLoose: false, ...comment }));
  if (!sentence) return above;
  const formatted = formatSentence(sentence.text);
  const text = formatted ?? sentence.text.replace(/\r\n?/g, '\n');
  const isLoose = formatted === undefined || !text.includes('\n');
  return [...above, { kind: 'sentence', text, blankBefore: sentence.blankBefore, isLoose }];
}

/** `last` is the sentence that the block is, or that it stands above. */
function needsBlank(before: Block, { blankBefore }: Block, last: Block | undefined): boolean {
  return blankBefore || (before.kind === 'sentence' && !(before.isLoose && last?.isLoose));
}
