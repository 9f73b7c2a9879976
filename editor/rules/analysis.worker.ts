/** Checks the rules away from the page, so that typing never waits for the compiler. */
import { compileRules } from '../../dsl/compile.ts';
import { complete } from '../../dsl/complete.ts';
import { hover } from '../../dsl/hover.ts';
import type { FromWorker, ToWorker } from './analysis-protocol.ts';

const texts = new Map<string, string>();

addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  switch (message.kind) {
    case 'file':
      texts.set(message.path, message.text);
      return;
    case 'check': {
      const { diagnostics, tests } = compileRules(source());
      answer({
        kind: 'checked',
        version: message.version,
        checked: { diagnostics, tests: tests.length },
      });
      return;
    }
    case 'complete':
      answer({ kind: 'completed', id: message.id, items: complete(source(), message.path, message.offset) });
      return;
    case 'hover':
      answer({ kind: 'hovered', id: message.id, hover: hover(source(), message.path, message.offset) });
  }
});

function source() {
  return { files: [...texts].map(([path, text]) => ({ path, text })) };
}

function answer(message: FromWorker): void {
  postMessage(message);
}
