/** Goes to places in other files the way the page does, by its address. */
import { pathOf } from './models.ts';
import { monaco } from './monaco.ts';

/** Monaco asks when what it is led to is in another file; returns what ends it. */
export function openPlaces(jump: (path: string, line: number, column: number) => void): () => void {
  const opener = monaco.editor.registerEditorOpener({
    openCodeEditor: (_source, resource, at) => {
      if (resource.scheme !== 'rules') return false;
      const line = at === undefined ? 1 : 'lineNumber' in at ? at.lineNumber : at.startLineNumber;
      const column = at === undefined ? 1 : 'column' in at ? at.column : at.startColumn;
      jump(pathOf(resource), line, column);
      return true;
    },
  });
  return () => opener.dispose();
}
