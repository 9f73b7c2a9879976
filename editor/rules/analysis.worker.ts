/** Checks the rules away from the page, so that typing never waits for the compiler. */
import { complete } from '../../dsl/service/complete.ts';
import { hover } from '../../dsl/service/hover.ts';
import { openWorkspace } from '../../dsl/service/workspace.ts';
import type { FromWorker, ToWorker } from './analysis-protocol.ts';

const workspace = openWorkspace({ files: [] });

addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  switch (message.kind) {
    case 'file':
      workspace.change(message.path, message.text);
      return;
    case 'check': {
      const { diagnostics, tests } = workspace.analysis();
      answer({
        kind: 'checked',
        version: message.version,
        checked: { diagnostics, tests: tests.length },
      });
      return;
    }
    case 'complete':
      answer({ kind: 'completed', id: message.id, items: complete(workspace, message.path, message.offset) });
      return;
    case 'hover':
      answer({ kind: 'hovered', id: message.id, hover: hover(workspace, message.path, message.offset) });
  }
});

function answer(message: FromWorker): void {
  postMessage(message);
}
