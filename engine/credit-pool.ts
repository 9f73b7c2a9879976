/**
 * The prepaid credit of an account while usage draws from it, in the order of events. It is worked out anew from the credit
 * that the cycle opened with, so that rating again, or a record that comes twice, never draws twice.
 *
 * Credit is money with its tax in it; what usage costs is without. `factor` is 1 + the tax of the service.
 */
import { startOfAccountDay, zoneAt } from './account-days.ts';
import { decide } from './decide/decide.ts';
import { exceptionOf } from './exceptions.ts';
import type { FactSheet } from './fact-sheet.ts';
import { fillLine } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Decision, EpochMs, Exception } from './model.ts';
import {
  add,
  compare,
  divide,
  formatExact,
  larger,
  multiply,
  parseDecimal,
  parseExact,
  type Rational,
  rational,
  roundToMinor,
  smaller,
  subtract,
  sum,
  zero,
} from './money.ts';
import type { PrepaidTerms, TaxOutcome } from './outcomes.ts';
import { localTime } from './period.ts';
import type { CreditDraw, PrepaidCredit } from './prepaid-credit.ts';
import { compareText } from './usage.ts';

/** One event that is to be paid. */
export interface Payable {
  readonly subscriptionId: string;
  readonly service: string;
  readonly startAt: EpochMs;
  /** Before tax, all of it. */
  readonly net: Rational;
  readonly factor: Rational;
}

export interface CreditPool {
  /** Draws what the event costs; returns how much of it, before tax, is not charged because credit has ended. */
  pay(event: Payable, terms: PrepaidTerms): Rational;
  draws(): readonly CreditDraw[];
  /** One for each line whose usage went on without credit. */
  exceptions(): readonly Exception[];
}

export function openPool(cycle: AccountCycle): CreditPool {
  const { account, bounds } = cycle;
  const opened = startOfAccountDay(account, bounds.from);
  const left = new Map((cycle.prepaid ?? []).map(({ id, amount }) => [id, parseDecimal(amount)]));
  const draws = new Map<string, { readonly of: Omit<CreditDraw, 'gross' | 'net'>; gross: Rational; net: Rational }>();
  const unpaid = new Map<string, { events: number; net: Rational; readonly since: EpochMs }>();

  function usable(at: EpochMs, order: PrepaidTerms['order']): readonly PrepaidCredit[] {
    return (cycle.prepaid ?? [])
      .filter((credit) => isUsable(credit, at) && (left.get(credit.id) ?? zero).n > 0n)
      .sort(inOrderOfUse(order));
  }

  function draw({ subscriptionId, service, factor }: Payable, credits: readonly PrepaidCredit[], gross: Rational) {
    let open = gross;
    for (const { id: credit, kind } of credits) {
      const before = left.get(credit) ?? zero;
      const taken = smaller(open, before);
      if (taken.n === 0n) return;
      left.set(credit, reduced(subtract(before, taken)));
      open = subtract(open, taken);
      const key = JSON.stringify([credit, subscriptionId, service]);
      const sums = draws.get(key) ?? { of: { credit, kind, subscriptionId, service }, gross: zero, net: zero };
      sums.gross = reduced(add(sums.gross, taken));
      sums.net = reduced(add(sums.net, divide(taken, factor)));
      draws.set(key, sums);
    }
  }

  return {
    pay(event, terms) {
      if (event.net.n <= 0n) return zero;
      const gross = multiply(event.net, event.factor);
      // What came late was used when its own cycle was open; it is paid from what there is now.
      const credits = usable(Math.max(event.startAt, opened), terms.order);
      const available = sum(credits.map(({ id }) => left.get(id) ?? zero));
      const { drawn, off } = payment(gross, available, terms.atEnd);
      draw(event, credits, drawn);
      const remitted = divide(off, event.factor);
      if (off.n > 0n) {
        const noted = unpaid.get(event.subscriptionId) ?? { events: 0, net: zero, since: event.startAt };
        noted.events += 1;
        noted.net = reduced(add(noted.net, remitted));
        unpaid.set(event.subscriptionId, noted);
      }
      return remitted;
    },
    draws: () =>
      [...draws.values()].map(({ of, gross, net }) => ({ ...of, gross: formatExact(gross), net: formatExact(net) })),
    exceptions: () =>
      [...unpaid].map(([id, { events, net, since }]) => {
        const worth = `${roundToMinor(net, account.currency, 'half up')} ${account.currency} before tax are not charged`;
        const evidence = `${events} ${events === 1 ? 'event' : 'events'} from ${localTime(since, zoneAt(account, since))} on went beyond the credit: ${worth}.`;
        return exceptionOf('credit-exhausted', id, evidence);
      }),
  };
}

export function isUsable({ validFrom, expiresAt = Number.POSITIVE_INFINITY }: PrepaidCredit, at: EpochMs): boolean {
  return validFrom <= at && at < expiresAt;
}

/** 1 + the tax of a usage line of the service; 1 where not exactly one tax fits, which holds the bill anyway. */
export function grossFactor(
  sheet: FactSheet,
  service: string,
  about: string,
  rules: LoadedRuleSet,
  record: Decision[],
) {
  const facts = fillLine(rules.sheet(sheet), { kind: 'usage', amount: '0', service });
  const verdict = decide<TaxOutcome>(rules, 'tax', facts, record, about);
  const [rule] = verdict?.kind === 'fired' ? verdict.rules : [];
  return add(rational(1), multiply(parseDecimal(rule?.event.params.outcome.percent ?? '0'), rational(1, 100)));
}

/** Where orders leave two equal: what was given before what was paid, then the older. */
export function inOrderOfUse(order: PrepaidTerms['order']): (a: PrepaidCredit, b: PrepaidCredit) => number {
  const first = order === 'paid first' ? 'paid' : 'bonus';
  const byKind = (a: PrepaidCredit, b: PrepaidCredit) => Number(a.kind !== first) - Number(b.kind !== first);
  const byExpiry = (a: PrepaidCredit, b: PrepaidCredit) =>
    Math.sign((a.expiresAt ?? Number.MAX_SAFE_INTEGER) - (b.expiresAt ?? Number.MAX_SAFE_INTEGER));
  const [one, other] = order === 'soonest to expire first' ? [byExpiry, byKind] : [byKind, byExpiry];
  return (a, b) => one(a, b) || other(a, b) || a.validFrom - b.validFrom || compareText(a.id, b.id);
}

/** With tax: what is drawn for an event, and what of it is not charged. */
function payment(gross: Rational, available: Rational, atEnd: PrepaidTerms['atEnd']) {
  if (compare(available, gross) >= 0) return { drawn: gross, off: zero };
  const missing = larger(subtract(gross, available), zero);
  switch (atEnd) {
    case 'rest billed':
      return { drawn: available, off: zero };
    case 'last event cut':
      return { drawn: available, off: missing };
    case 'last event whole':
      return { drawn: available, off: available.n > 0n ? zero : gross };
    case 'last event refused':
      return { drawn: zero, off: gross };
  }
}

function reduced(value: Rational): Rational {
  return parseExact(formatExact(value));
}
