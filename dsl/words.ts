/** The words of the language for the editor's highlighter; keywords of several words are given word by word. */
import { clauseWords, innerWords, sentenceWords, units as unitTable } from './syntax/keywords.ts';

export const keywords: readonly string[] = [
  ...new Set(
    [sentenceWords, clauseWords]
      .flatMap((words) => Object.keys(words))
      .concat(innerWords)
      .flatMap((keyword) => keyword.split(' '))
      .filter((word) => /^\w+$/.test(word)),
  ),
].sort();

export const units: readonly string[] = Object.keys(unitTable);
