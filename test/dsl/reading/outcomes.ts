/** What a rule brings about, as it is written. */
import type { Clause, SendClause, StepAction, TakeClause, TermNode } from '../../../dsl/syntax/clauses.ts';
import type { RuleSentence } from '../../../dsl/syntax/sentences.ts';
import type { AnyPrice, Money, Percentage, Quantity } from '../../../dsl/syntax/tree.ts';
import { type Fraction, plus, zero } from '../../engine/oracle-fraction.ts';
import { quantityOf } from './amounts.ts';
import { minutesOf } from './clock.ts';

export function outcomeOf(sentence: RuleSentence): object {
  const { clauses, kind } = sentence;
  const parts = clauses.map((clause) => partOf(clause, clauses)).filter((part) => part !== undefined);
  const sends = clauses.filter((clause) => clause.kind === 'send').map(sendOf);
  const names = (relation: 'after' | 'beside' | 'excludes') =>
    clauses.flatMap((clause) => (clause.kind === relation ? clause.names.map(({ text }) => `discount.${text}`) : []));
  const more =
    kind === 'discount'
      ? { after: names('after'), beside: names('beside'), ...rivalsOf(clauses, names('excludes')) }
      : kind === 'offer' || kind === 'notify'
        ? { sends, ...choiceOf(sentence) }
        : kind === 'remind' || kind === 'dunning'
          ? { sends, ...scheduleOf(clauses) }
          : kind === 'segment'
            ? { segment: sentence.name.text }
            : {};
  return Object.assign({ kind }, more, ...parts);
}

/** Of a group of offers a customer gets one. */
function choiceOf({ oneOf }: RuleSentence): object {
  return oneOf ? { oneOf: { group: oneOf.group.text, choose: oneOf.choose } } : {};
}

function partOf(clause: Clause, clauses: readonly Clause[]): object | undefined {
  switch (clause.kind) {
    case 'take':
      return takeOf(clause, clauses);
    case 'tell':
      return {
        percent: clause.percent.number,
        of: clause.of.name,
        ...(clause.cap && { cap: { amount: clause.cap.money.amount, currency: clause.cap.money.currency.text } }),
        ...(clause.see && { see: clause.see.text }),
        sends: [{ message: clause.message.text, to: ['customer'], oncePer: 'invoice' }],
      };
    case 'levy': {
      const note = clause.note && { note: clause.note.text };
      return { percent: clause.percent.number, category: clause.category.text, ...note };
    }
    case 'raise':
      return { action: clause.action, object: clause.object.text, severity: clause.severity?.text ?? 'medium' };
    case 'because':
      return { because: clause.text.text.split(/\{([^}]*)\}/).flatMap((part, index) => said(part, index % 2 === 1)) };
    case 'give':
      return { give: giftOf(clause) };
    case 'alone':
      return { alone: { beside: [] } };
    case 'between':
      return {
        between: { from: minutesOf(clause.from.text), until: minutesOf(clause.until.text) },
        zone: clause.zone?.text ?? 'customer',
        onWorkingDays: clause.onWorkingDays,
      };
    default:
      return undefined;
  }
}

function giftOf({ gift, cycles, valid, oncePer, ...terms }: Extract<Clause, { kind: 'give' }>): object {
  const days = valid && numberOf(quantityOf(valid.number, valid.unit?.text)) / 86_400_000;
  const perCustomer = oncePer ? 1 : terms.perCustomer && Number(terms.perCustomer.number);
  const money = (amount: Money) => ({ amount: amount.amount, currency: amount.currency.text });
  const common = {
    ...(days !== undefined && { validDays: days }),
    ...(perCustomer !== undefined && { perCustomer }),
    ...(terms.inTotal && { inTotal: Number(terms.inTotal.number) }),
    ...(terms.budget && { budget: money(terms.budget) }),
    ...(terms.each && { each: money(terms.each) }),
    ...(terms.worth && { worth: money(terms.worth) }),
  };
  const bills = cycles ? Number(cycles.number) : 1;
  switch (gift.gift) {
    case 'voucher':
      return {
        kind: 'voucher',
        take: reductionOf(gift.what),
        off: gift.off.text,
        ...(gift.fee && { fee: gift.fee.text }),
        ...common,
      };
    case 'discount': {
      const off = gift.fee ? { kind: 'fee', name: gift.fee.text } : { kind: 'all charges' };
      return { kind: 'bill discount', take: reductionOf(gift.what), off, cycles: bills, ...common };
    }
    case 'free fee':
      return { kind: 'free fee', fee: gift.fee.text, cycles: bills, ...common };
    case 'allowance': {
      const quantity = numberOf(quantityOf(gift.quantity.number, gift.quantity.unit?.text));
      return { kind: 'allowance', service: gift.service.text, quantity, cycles: bills, ...common };
    }
  }
}

/** Every step of every clause, with what it does by itself. */
function scheduleOf(clauses: readonly Clause[]): object {
  const written = clauses.filter((clause) => clause.kind === 'steps');
  const steps = written.flatMap(({ steps, side, monthEnd, actions }) =>
    steps.map(({ number, unit }) => ({
      count: Number(number),
      unit: unit?.text.replace(/s$/, ''),
      side,
      ...(monthEnd && { monthEnd }),
      ...(actions.length > 0 && { actions: actions.map(actionOf) }),
    })),
  );
  return { date: written[0]?.date.text, steps };
}

function actionOf(action: StepAction): object {
  switch (action.kind) {
    case 'send':
      return { kind: 'send', send: sendOf(action) };
    case 'suspend':
      return { kind: 'suspend' };
    case 'one-off fee':
      return {
        kind: 'fee',
        amount: action.amount.amount,
        currency: action.amount.currency.text,
        title: action.title.text,
      };
  }
}

function rivalsOf(clauses: readonly Clause[], excludes: readonly string[]): object {
  const group = clauses.find((clause) => clause.kind === 'best of');
  return {
    ...(excludes.length > 0 && { excludes }),
    ...(group && 'names' in group && { bestOf: group.names[0]?.text }),
  };
}

function takeOf({ what, off, cap, lasts }: TakeClause, clauses: readonly Clause[]): object {
  const base =
    off.base === 'all charges'
      ? { kind: 'all charges' }
      : off.base === 'fee'
        ? { kind: 'fee', name: off.name.text }
        : { kind: 'service', service: off.name.text };
  return {
    take: what.kind === 'graduated' ? graduatedOf(clauses) : reductionOf(what),
    off: base,
    ...(off.ofAccount && { ofAccount: true }),
    ...(cap && { cap: { amount: cap.amount, currency: cap.currency.text } }),
    ...(lasts && lastingOf(lasts)),
  };
}

function lastingOf({ number, unit }: Quantity): object {
  const months = { month: 1, months: 1, year: 12, years: 12 }[unit?.text ?? ''];
  return months === undefined
    ? { cyclesFromAcceptance: Number(number) }
    : { monthsFromAcceptance: Number(number) * months };
}

function graduatedOf(clauses: readonly Clause[]): object {
  const tiers = clauses.filter((clause) => clause.kind === 'tier');
  const sizes = tiers.flatMap(({ bound }) => (bound?.kind === 'money' ? [bound] : []));
  return {
    kind: 'graduated',
    currency: sizes[0]?.currency.text,
    tiers: tiers.map(({ bound, taken }) => ({
      ...(bound?.kind === 'money' && { size: bound.amount }),
      percent: taken?.number,
    })),
  };
}

function reductionOf(what: Percentage | Money): object {
  return what.kind === 'percentage'
    ? { kind: 'percent', percent: what.number }
    : { kind: 'amount', amount: what.amount, currency: what.currency.text };
}

function sendOf({ message, to, oncePer, channel }: SendClause): object {
  const options = { ...(oncePer && { oncePer: oncePer.text }), ...(channel && { channel: channel.text }) };
  return { message: message.text, to: to.map(({ text }) => text), ...options };
}

function said(part: string, isFact: boolean): readonly (string | object)[] {
  if (isFact) return [{ fact: part.trim() }];
  return part === '' ? [] : [part];
}

/** The price of a row: `charge …`, or tiers, whose bounds count from the beginning of the cycle. */
export function priceOf(clauses: readonly Clause[], currency: string): object {
  const charge = clauses.find((clause) => clause.kind === 'charge');
  const rate = { kind: 'rate', currency };
  if (charge) return Object.assign(rate, { price: plainPrice(charge.price) }, ...charge.terms.map(termOf));
  const opener = clauses.find((clause) => clause.kind === 'tiers');
  let bound: Fraction = zero;
  const tiers = clauses
    .filter((clause) => clause.kind === 'tier')
    .map(({ bound: next, price, flatFee }) => {
      if (next?.kind === 'quantity') bound = plus(bound, quantityOf(next.number, next.unit?.text));
      return {
        ...(next && { upTo: numberOf(bound) }),
        ...(price && { price: plainPrice(price) }),
        ...(flatFee && { flatFee: flatFee.amount }),
      };
    });
  return Object.assign(rate, { price: { kind: opener?.model, tiers } }, ...(opener?.terms ?? []).map(termOf));
}

function plainPrice(price: AnyPrice): object {
  if (price.kind === 'share') return { kind: 'percentage', percent: price.percent.number };
  const { amount, count = '1', per, started } = price;
  if (per.text === 'call') return { kind: 'per event', amount: amount.amount };
  const unit = { amount: amount.amount, per: numberOf(quantityOf(count, per.text)) };
  return { kind: started ? 'package' : 'flat', price: unit };
}

function termOf(term: TermNode): object {
  switch (term.kind) {
    case 'by':
      return { increments: { first: baseOf(term.first), next: baseOf(term.next) } };
    case 'plus':
      return { setUpFee: term.price.amount.amount, ...(term.ifCharged && { setUpIfCharged: true }) };
    case 'at least':
      return { minimum: term.price.amount.amount };
    case 'at most':
      return { maximum: term.price.amount.amount };
    default:
      return {};
  }
}

function baseOf({ number, unit }: Quantity): number {
  return numberOf(quantityOf(number, unit?.text));
}

function numberOf([above, below]: Fraction): number {
  return Number(above) / Number(below);
}
