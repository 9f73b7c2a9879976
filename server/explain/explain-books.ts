import type { Knex } from 'knex';
import type { RuleReason } from '../../engine/decide/library.ts';
import { explainDecision, explainReasons } from '../../engine/explain.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { findInvoicedCycle, findOwnInvoice } from '../bill-run/find-cycle.ts';
import { requireFacts } from '../engagement/decide-set.ts';
import { eventFacts } from '../engagement/event-facts.ts';
import { remindRules } from '../engagement/remind-rules.ts';
import { loadSubject, type SubjectScope, subjectKeys } from '../engagement/subjects.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import { unusable } from '../unusable.ts';
import { explainCycle, NotExplainable } from './explain-cycle.ts';
import type { Explained, WordsContext } from './explanation-words.ts';

/** What was found in the books, and what its words need. */
export interface ExplainedBooks {
  readonly found: readonly Explained[];
  readonly context: WordsContext;
}

/**
 * Something on an invoice, by the rule set that made it.
 *
 * @throws NotExplainable saying what is missing when there is no such invoice, or nothing of this name in its cycle.
 */
export async function explainInvoice(db: Knex, number: string, wanted?: string): Promise<ExplainedBooks> {
  const invoice = await findOwnInvoice(db, number);
  if (!invoice)
    throw new NotExplainable(`There is no invoice ${number} from a bill run; the console lists those there are`);
  const rules = await loadReleasedRuleSet(db, invoice.rule_set);
  const cycle = await findInvoicedCycle(db, invoice);
  if (!cycle) throw new NotExplainable(`The cycle of invoice ${number} is no longer in the books`);
  const context = { document: rules.document, currency: invoice.currency, zone: cycle.account.zone };
  return { found: await explainCycle(cycle, rules, wanted, invoice.bill.lines), context };
}

/**
 * What a business event led to and why, as it was recorded when it was decided.
 *
 * @throws Error when the books have no such event, or it has not been decided yet.
 */
export async function explainEvent(db: Knex, id: string): Promise<ExplainedBooks> {
  const event = await db('business_event').where({ event_id: id }).first();
  if (!event) throw new Error(`There is no business event ${id} in the books`);
  if (!event.outcome?.why) throw new Error(`The business event ${id} has not been decided yet`);
  const {
    ruleSet,
    rules: fired,
    why,
  } = event.outcome as {
    readonly ruleSet: string;
    readonly rules: readonly { readonly rule: string }[];
    readonly why: readonly RuleReason[];
  };
  const { document } = await loadReleasedRuleSet(db, ruleSet);
  const names = fired.map(({ rule }) => rule);
  const decisions = [{ decided: 'Decided:', rules: explainReasons(why, names, document) }];
  const context = { document, currency: document.plans[0]?.currency ?? 'EUR', zone: 'UTC' };
  return { found: [{ title: `${event.type} ${id}`, decisions }], context };
}

/**
 * Why rules would remind of a subject, or dun it, at an instant, or not: each rule with steps, and what stops it.
 *
 * @param of `subscription:S-000001`, `invoice:…`, `order:…` or `customer:…`.
 * @throws Error when the books have no such subject, or a fact that the rules read has no value.
 */
export async function explainReminders(
  db: Knex,
  of: string,
  rules: LoadedRuleSet,
  now: EpochMs,
): Promise<ExplainedBooks> {
  const [, scope, id] = /^(subscription|invoice|order|customer):(.+)$/.exec(of) ?? [];
  if (scope === undefined || id === undefined)
    throw unusable(`"${of}" is no subject: write subscription:ID, invoice:NUMBER, order:ID or customer:ID`);
  const subject = await loadSubject(db, subjectKeys(scope as SubjectScope, id));
  const facts = eventFacts(subject, now, rules);
  const reminding = remindRules(rules).filter((rule) => rule.scope === scope);
  const sets = [...new Set(reminding.flatMap(({ name, set }) => [set.id, `stop:${name}`]))].filter((set) =>
    rules.sets.has(set),
  );
  requireFacts(rules, sets, facts);
  const decisions = await Promise.all(
    sets.map(async (set) => ({ decided: set, rules: await explainDecision({ set, facts }, rules) })),
  );
  const context = {
    document: rules.document,
    currency: rules.document.plans[0]?.currency ?? 'EUR',
    zone: subject.customer.zone,
  };
  return { found: [{ title: `Reminders of ${scope} ${id}`, decisions }], context };
}
