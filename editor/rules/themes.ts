import type * as Monaco from 'monaco-editor/editor/editor.api';

/** Colours of rule text on the page's own ground; each has at least 4.5:1 against it. */
const light = {
  keyword: '0b5c6b',
  number: '8a3b00',
  unit: '8a3b00',
  string: '2f6b1f',
  comment: '5c6670',
  fact: '3d3a8c',
  plan: '8a1c5b',
  rule: '8a1c5b',
  row: '8a1c5b',
  table: '3d3a8c',
  calendar: '3d3a8c',
  list: '3d3a8c',
  service: '0b5c6b',
  role: '2f6b1f',
  fee: '2f6b1f',
  message: '2f6b1f',
  event: '0b5c6b',
  text: '1b2228',
  ground: 'ffffff',
};
const dark = {
  keyword: '7cd0de',
  number: 'f0b27a',
  unit: 'f0b27a',
  string: 'a3d495',
  comment: '98a4ae',
  fact: 'b9b6ff',
  plan: 'f2a0cb',
  rule: 'f2a0cb',
  row: 'f2a0cb',
  table: 'b9b6ff',
  calendar: 'b9b6ff',
  list: 'b9b6ff',
  service: '7cd0de',
  role: 'a3d495',
  fee: 'a3d495',
  message: 'a3d495',
  event: '7cd0de',
  text: 'e6eaed',
  ground: '171c20',
};

export function defineThemes(monaco: typeof Monaco): void {
  monaco.editor.defineTheme('ratebook-light', themeOf('vs', light));
  monaco.editor.defineTheme('ratebook-dark', themeOf('vs-dark', dark));
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => monaco.editor.setTheme(scheme.matches ? 'ratebook-dark' : 'ratebook-light');
  scheme.addEventListener('change', follow);
  follow();
}

function themeOf(base: 'vs' | 'vs-dark', palette: typeof light): Monaco.editor.IStandaloneThemeData {
  const { ground, text, ...tokens } = palette;
  return {
    base,
    inherit: true,
    rules: [
      { token: '', foreground: text },
      ...Object.entries(tokens).map(([token, foreground]) => ({
        token,
        foreground,
        ...(token === 'keyword' && { fontStyle: 'bold' }),
      })),
    ],
    colors: {
      'editor.background': `#${ground}`,
      'editor.foreground': `#${text}`,
      'editorLineNumber.foreground': `#${tokens.comment}`,
      'peekViewEditor.background': `#${ground}`,
      'peekViewEditorGutter.background': `#${ground}`,
      'peekViewResult.background': `#${ground}`,
      'peekViewTitle.background': `#${ground}`,
      'peekViewTitleLabel.foreground': `#${text}`,
      'peekViewResult.fileForeground': `#${text}`,
      'peekViewResult.lineForeground': `#${text}`,
      'peekView.border': `#${tokens.keyword}`,
    },
  };
}
