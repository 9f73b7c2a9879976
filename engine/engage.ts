/** Engage: what the rules want told once this bill is issued. Intents, not messages: the server sends. */
import { decide } from './decide/decide.ts';
import { type ClosedCycle, invoiceFacts } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Bill, Decision, MessageIntent } from './model.ts';
import type { NotifyOutcome, Send } from './outcomes.ts';

/** One intent for each message and recipient; its key makes a second evaluation of the cycle the same message. */
export function engage(
  cycle: AccountCycle,
  bill: Bill,
  sheets: ClosedCycle,
  rules: LoadedRuleSet,
  decisions: Decision[],
): readonly MessageIntent[] {
  const facts = invoiceFacts(sheets.account, bill, cycle, rules);
  const verdict = decide<NotifyOutcome>(rules, 'notify:invoice issued', facts, decisions, cycle.account.id);
  return (verdict?.rules ?? []).flatMap((rule) =>
    rule.event.params.outcome.sends.flatMap((send) =>
      send.to.map((to) => ({
        rule: rule.name,
        message: send.message,
        to,
        key: [rule.name, send.message, to, occasion(send, cycle)].join('|'),
      })),
    ),
  );
}

function occasion(send: Send, { account, customer, bounds }: AccountCycle): string {
  return send.oncePer === 'customer' ? customer.id : `${account.id}|${bounds.from}`;
}
