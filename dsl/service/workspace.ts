/** Rule files that are being edited, and what can be said of them at any moment. */
import { type Analysis, analyse, type Compilation, compilationOf } from '../compile.ts';
import type { CompileOptions, RuleSource } from '../source.ts';

export interface Workspace {
  /** Takes the text that a file has now; without one, the file is gone. */
  readonly change: (path: string, text: string | undefined) => void;
  /** Of the texts as they are now; worked out when it is asked for, and only what has changed. */
  readonly analysis: () => Analysis;
  /** What `compileRules` would give of them. */
  readonly compilation: () => Compilation;
  /** Empty for a file that is not there. */
  readonly textOf: (path: string) => string;
  readonly options: CompileOptions;
}

export function openWorkspace(source: RuleSource, options: CompileOptions = {}): Workspace {
  const texts = new Map(source.files.map(({ path, text }) => [path, text]));
  let last: Analysis | undefined;
  let current: Analysis | undefined;
  const files = () => [...texts].map(([path, text]) => ({ path, text }));
  const analysis = () => {
    if (current) return current;
    current = analyse({ files: files() }, options, last?.past);
    last = current;
    return current;
  };
  return {
    change: (path, text) => {
      if (texts.get(path) === text) return;
      if (text === undefined) texts.delete(path);
      else texts.set(path, text);
      current = undefined;
    },
    analysis,
    compilation: () => compilationOf(analysis(), { files: files() }),
    textOf: (path) => texts.get(path) ?? '',
    options,
  };
}
