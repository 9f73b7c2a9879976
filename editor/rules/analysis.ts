/** The page's end of the worker: keeps it up to date, asks it, and drops answers to texts that have changed since. */
import type { CompletionItem } from '../../dsl/service/complete.ts';
import type { Hover } from '../../dsl/service/hover.ts';
import type { Checked, FromWorker, ToWorker } from './analysis-protocol.ts';

export interface Analysis {
  /** Tells the worker a file's text and has everything checked soon after the last change. */
  readonly setFile: (path: string, text: string) => void;
  readonly complete: (path: string, offset: number) => Promise<readonly CompletionItem[]>;
  readonly hover: (path: string, offset: number) => Promise<Hover | undefined>;
  readonly stop: () => void;
}

/** Milliseconds without a keystroke before a check: short enough to feel live, long enough not to check every letter. */
const pause = 120;

/** Starts the worker; `onChecked` gets only results for the newest text, `onBroken` says why there will be none. */
export function startAnalysis(onChecked: (checked: Checked) => void, onBroken: (reason: string) => void): Analysis {
  const worker = new Worker(new URL('./analysis.worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, (message: FromWorker) => void>();
  let version = 0;
  let nextId = 1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (message: ToWorker) => worker.postMessage(message);

  worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
    const message = event.data;
    if (message.kind === 'checked') {
      if (message.version === version) onChecked(message.checked);
      return;
    }
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  worker.addEventListener('error', (event) => onBroken(event.message || 'The checker could not be loaded.'));

  const ask = (kind: 'complete' | 'hover', path: string, offset: number) =>
    new Promise<FromWorker>((resolve) => {
      const id = nextId++;
      waiting.set(id, resolve);
      tell({ kind, id, path, offset });
    });
  return {
    setFile: (path, text) => {
      version += 1;
      tell({ kind: 'file', path, text });
      clearTimeout(timer);
      timer = setTimeout(() => tell({ kind: 'check', version }), pause);
    },
    complete: async (path, offset) => {
      const message = await ask('complete', path, offset);
      return message.kind === 'completed' ? message.items : [];
    },
    hover: async (path, offset) => {
      const message = await ask('hover', path, offset);
      return message.kind === 'hovered' ? message.hover : undefined;
    },
    stop: () => {
      clearTimeout(timer);
      worker.terminate();
    },
  };
}
