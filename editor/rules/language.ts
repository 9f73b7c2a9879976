/** The language's words as Monaco's highlighting: a picture only, the meaning comes from the checker. */
import type * as Monaco from 'monaco-editor/editor/editor.api';
import { keywords, units } from '../../dsl/words.ts';

export const rulesLanguage = 'ratebook';

export function registerRulesLanguage(monaco: typeof Monaco): void {
  monaco.languages.register({ id: rulesLanguage, extensions: ['.rules'] });
  monaco.languages.setLanguageConfiguration(rulesLanguage, {
    comments: { lineComment: '#' },
    brackets: [['(', ')']],
    autoClosingPairs: [
      { open: '(', close: ')' },
      { open: '"', close: '"', notIn: ['string'] },
    ],
    // A fact with its dots is one word, so that completing and selecting take it whole.
    wordPattern: /[A-Za-z_][\w.]*|\d+(?:\.\d+)?/,
    indentationRules: { increaseIndentPattern: /^\S[^#"]*$/, decreaseIndentPattern: /^\b$/ },
  });
  monaco.languages.setMonarchTokensProvider(rulesLanguage, highlighting(keywords, units));
}

/** A unit is a unit only after a number, as in the language itself. */
export function highlighting(
  words: readonly string[],
  unitWords: readonly string[],
): Monaco.languages.IMonarchLanguage {
  return {
    keywords: [...words],
    units: [...unitWords],
    tokenizer: {
      root: [
        [/#.*$/, 'comment'],
        [/"[^"]*"?/, 'string'],
        [/\d{4}-\d{2}-\d{2}/, 'number'],
        [/\d{1,2}:\d{2}/, 'number'],
        [/(\d+(?:\.\d+)?)(\s*)([A-Z]{3}\b|%)/, ['number', '', 'unit']],
        [
          /(\d+(?:\.\d+)?)(\s+)([A-Za-z]+)/,
          ['number', '', { cases: { '$3@units': 'unit', '$3@keywords': 'keyword', '@default': '' } }],
        ],
        [/\d+(?:\.\d+)?/, 'number'],
        [/[A-Za-z_]\w*(?:\.\w+)+/, 'fact'],
        [/[A-Za-z_]\w*/, { cases: { '@keywords': 'keyword', '@default': '' } }],
        [/[|<>=+*]/, 'keyword'],
      ],
    },
  };
}
