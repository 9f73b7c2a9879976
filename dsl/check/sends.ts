/** What rules send, whatever their family. */
import type { Outcome, Send } from '../../engine/outcomes.ts';

/** Every message that an outcome sends, at once or at its steps. */
export function sendsOf(outcome: Outcome): readonly Send[] {
  const atSteps = 'steps' in outcome ? outcome.steps.flatMap(({ actions = [] }) => actions) : [];
  return [
    ...('sends' in outcome ? outcome.sends : []),
    ...atSteps.flatMap((action) => (action.kind === 'send' ? [action.send] : [])),
  ];
}
