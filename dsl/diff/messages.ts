/** Messages, and the steps of reminders and dunning, as a person would say them. */
import type { ScheduleAction, ScheduleStep, Send } from '../../engine/outcomes.ts';

/** `"order-delayed" to customer by post, once per order, again after 3 days to boss`. */
export function sendInWords({ message, to, channel, oncePer, again = [], survey, with: addition }: Send): string {
  const parts = [
    `${survey ? 'survey ' : ''}"${message}" to ${to.join(' and ')}`,
    channel && ` by ${channel}`,
    addition?.kind === 'best offer' && ` with the best offer for ${addition.purpose}`,
    addition?.kind === 'content' && ` with content ${addition.content}`,
    oncePer && `, once per ${oncePer}`,
    ...again.map(({ afterDays, to: others }) => `, again after ${afterDays} days to ${others.join(' and ')}`),
    survey && `, answer within ${survey.answerWithinDays} days`,
  ];
  return parts.filter(Boolean).join('');
}

/** When a step is due: `1 month before, clamped to month end`. What happens at it is another property. */
export function stepInWords({ count, unit, side, monthEnd }: ScheduleStep): string {
  const policy = monthEnd === 'clamped' ? ', clamped to month end' : monthEnd ? `, ${monthEnd}` : '';
  return `${count} ${unit}${count === 1 ? '' : 's'} ${side}${policy}`;
}

export function actionsInWords({ actions = [], uselessAfterDays }: ScheduleStep): string {
  const useless = uselessAfterDays === undefined ? [] : [`useless after ${uselessAfterDays} days`];
  const words = [...actions.map(actionInWords), ...useless];
  return words.length === 0 ? 'as at every step' : words.join(', ');
}

function actionInWords(action: ScheduleAction): string {
  switch (action.kind) {
    case 'send':
      return `send ${sendInWords(action.send)}`;
    case 'fee': {
      const { amount, currency, title, fiscalCategory } = action;
      return `charge ${amount} ${currency} "${title}"${fiscalCategory ? `, fiscal category ${fiscalCategory}` : ''}`;
    }
    case 'suspend':
      return 'suspend subscription';
  }
}
