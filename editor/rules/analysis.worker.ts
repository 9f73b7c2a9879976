/** Checks the rules away from the page, so that typing never waits for the compiler. */
import { openWorkspace, type Workspace } from '../../dsl/service/workspace.ts';
import type { FromWorker, ToWorker } from './analysis-protocol.ts';
import { type Answer, type Question, questions } from './questions.ts';

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
    case 'ask': {
      // The page's types see to it that what is asked fits the question.
      const reply = questions[message.question] as (of: Workspace, ...about: unknown[]) => Answer<Question>;
      answer({ kind: 'answered', id: message.id, answer: reply(workspace, ...message.about) });
    }
  }
});

function answer(message: FromWorker): void {
  postMessage(message);
}
