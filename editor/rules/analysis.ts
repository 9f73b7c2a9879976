/** The page's end of the worker: keeps it up to date, asks it, and drops answers to texts that have changed since. */
import type { Checked, FromWorker, ToWorker } from './analysis-protocol.ts';
import type { About, Answer, Question } from './questions.ts';

export interface Analysis {
  /** Tells the worker a file's text and has everything checked soon after the last change. */
  readonly setFile: (path: string, text: string) => void;
  readonly ask: <Q extends Question>(question: Q, ...about: About<Q>) => Promise<Answer<Q>>;
  readonly stop: () => void;
}

/** Milliseconds without a keystroke before a check: short enough to feel live, long enough not to check every letter. */
const pause = 120;

/** Starts the worker; `onChecked` gets only results for the newest text, `onBroken` says why there will be none. */
export function startAnalysis(onChecked: (checked: Checked) => void, onBroken: (reason: string) => void): Analysis {
  const worker = new Worker(new URL('./analysis.worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, (answer: Answer<Question>) => void>();
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
    waiting.get(message.id)?.(message.answer);
    waiting.delete(message.id);
  });
  worker.addEventListener('error', (event) => onBroken(event.message || 'The checker could not be loaded.'));

  return {
    setFile: (path, text) => {
      version += 1;
      tell({ kind: 'file', path, text });
      clearTimeout(timer);
      timer = setTimeout(() => tell({ kind: 'check', version }), pause);
    },
    ask: <Q extends Question>(question: Q, ...about: About<Q>) =>
      new Promise<Answer<Q>>((resolve) => {
        const id = nextId++;
        waiting.set(id, (answer) => resolve(answer as Answer<Q>));
        tell({ kind: 'ask', id, question, about });
      }),
    stop: () => {
      clearTimeout(timer);
      worker.terminate();
    },
  };
}
