import type { BackdatedChange } from '../accounts/backdated-changes.ts';
import { type BackdateOutcome, backdate as enter, previewBackdated } from '../corrections/backdate.ts';
import { unusable } from '../unusable.ts';
import { correctedLines } from './corrected-lines.ts';
import { readToday } from './today.ts';
import { withBooks } from './with-books.ts';

export interface BackdateOptions {
  readonly plan?: string;
  readonly from?: string;
  readonly pause?: string;
  readonly until?: string;
  readonly cancel?: string;
  readonly activate?: string;
  readonly takeBack?: 'plan' | 'pause' | 'cancellation';
  readonly apply?: boolean;
  readonly by?: string;
  readonly why?: string;
  readonly company: string;
  readonly json?: boolean;
}

/** `ratebook backdate`: what a change in billed days would give back or cost, or with `--apply` enters it and corrects the invoices. */
export async function backdate(subscriptionId: string, options: BackdateOptions): Promise<void> {
  const request = { subscriptionId, changes: [changeOf(options)] };
  const { apply, by, why, json } = options;
  if (apply && (!by || !why)) throw unusable('--apply wants --by and --why: who says so, and why');
  await withBooks(async (db) => {
    const { today } = await readToday(db, options.company);
    const outcome =
      apply && by && why ? await enter(db, request, { by, why, today }) : await previewBackdated(db, request, today);
    if (outcome.kind !== 'corrected') throw new Error(refusal(subscriptionId, outcome));
    const { invoices } = outcome;
    if (json) {
      console.log(JSON.stringify({ applied: apply === true, invoices }, null, 2));
      return;
    }
    for (const one of invoices) console.log(correctedLines(one).join('\n'));
    const what = apply ? 'entered and corrected' : 'would be corrected; --apply enters the change and corrects them';
    console.log(`${invoices.length} ${invoices.length === 1 ? 'invoice' : 'invoices'} ${what}`);
  });
}

function changeOf({ plan, from, pause, until, cancel, activate, takeBack }: BackdateOptions): BackdatedChange {
  if ([plan, pause, cancel, activate, takeBack].filter((one) => one !== undefined).length !== 1)
    throw unusable('Name one change: --plan, --pause, --cancel, --activate or --take-back');
  if (pause !== undefined) {
    if (until !== undefined && until <= pause) throw unusable(`The pause must end after ${pause}`);
    return { kind: 'pause', from: pause, until };
  }
  if (cancel !== undefined) return { kind: 'cancellation', on: cancel };
  if (activate !== undefined) return { kind: 'activation', on: activate };
  if (takeBack === 'cancellation') return { kind: 'cancellation taken back' };
  if (from === undefined) throw unusable('--from says from which day on');
  if (plan !== undefined) return { kind: 'plan change', from, plan };
  return takeBack === 'plan' ? { kind: 'plan change taken back', from } : { kind: 'pause taken back', from };
}

function refusal(id: string, outcome: Exclude<BackdateOutcome, { kind: 'corrected' }>): string {
  switch (outcome.kind) {
    case 'unknown subscription':
      return `There is no subscription ${id}`;
    case 'unknown change':
      return `Subscription ${id} has nothing to take back`;
    case 'ends too early':
      return `Subscription ${id} can end on ${outcome.first} at the earliest`;
    case 'overlapping pause':
      return `Subscription ${id} is paused in a part of that time`;
    case 'ahead':
      return `Subscription ${id} is billed until ${outcome.billedUntil}: enter what is ahead over the API (PUT /v1/subscriptions/${id}/…)`;
    case 'refused':
      return `Nothing was entered. ${outcome.why}`;
  }
}
