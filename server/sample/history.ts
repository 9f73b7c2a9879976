/** What happened before Ratebook took over: past cycles, the predecessor's invoices, and how they were paid. */
import { join } from 'node:path';
import type { Bill } from '../../engine/model.ts';
import type { PastCycle } from '../../engine/past-cycle.ts';
import type { SampleAccount, SampleSubscription } from './company.ts';
import { openCsv } from './csv.ts';
import { cycleOf, type DayNumber, isoDate, type Period, runIssuedOn } from './dates.ts';
import { cents, chargesOf, exactCents, type MonthlyUse, percentOf } from './old-price-list.ts';
import { pickWeighted, randomStream, topic, whole } from './random.ts';
import { type BankPayment, statementDays } from './statement.ts';
import type { UsagePlan } from './usage-plan.ts';

const currency = 'EUR';
const legalEntity = 'NM-DE';
const paymentTermsDays = 14;

interface PastLine {
  readonly subscription: SampleSubscription;
  readonly use: MonthlyUse;
  /** Cents before tax. */
  readonly charges: bigint;
}

const columns = {
  cycles: ['account_id', 'subscription_id', 'period_from', 'period_until', 'usage', 'charges'],
  invoices: [
    ...[
      'number',
      'legal_entity',
      'account_id',
      'customer_id',
      'run_id',
      'period_from',
      'period_until',
      'issued_on',
      'due_on',
    ],
    ...['currency', 'net', 'tax', 'total', 'bill', 'rule_set'],
  ],
  payments: ['payment_id', 'account_id', 'invoice_number', 'received_on', 'amount', 'currency', 'method'],
} as const;

/** Writes `past-cycles.csv`, `invoices.csv` and `payments.csv`, the transfers of June excepted, which the bank's statement tells; invoices are numbered by the day they were issued. */
export function writeHistory(
  folder: string,
  seed: number,
  company: readonly SampleAccount[],
  plans: readonly UsagePlan[],
): PastPayments {
  const planned = new Map(plans.map((plan) => [plan.subscription.index, plan]));
  const cycles = openCsv(join(folder, 'past-cycles.csv'), columns.cycles);
  const invoices = openCsv(join(folder, 'invoices.csv'), columns.invoices);
  const payments = openCsv(join(folder, 'payments.csv'), columns.payments);
  const transfers: BankPayment[] = [];
  let debited: BankPayment | undefined;
  let issued = 0;
  let paid = 0;
  for (const { account, back, period } of pastCycles(company)) {
    const lines = account.subscriptions
      .filter((subscription) => subscription.pastCycles >= back)
      .map((subscription) => pastLine(seed, subscription, planned.get(subscription.index), back));
    if (lines.length === 0) continue;
    for (const line of lines)
      cycles.row([
        account.id,
        line.subscription.id,
        ...datesOf(period),
        JSON.stringify(usageOf(line.use)),
        cents(line.charges),
      ]);
    issued++;
    const number = `2026-${legalEntity}-ALT-${digits(issued)}`;
    const issuedOn = period.until + 1;
    const { bill, total } = pastBill(account, period, lines);
    const whose = [number, legalEntity, account.id, account.customer.id, null, ...datesOf(period)];
    const due = [isoDate(issuedOn), isoDate(issuedOn + paymentTermsDays)];
    invoices.row([...whose, ...due, currency, bill.net, bill.tax, bill.total, JSON.stringify(bill), null]);
    for (const { receivedOn, amount, method } of paymentsOf(seed, account, issued, issuedOn, total)) {
      const told = {
        invoice: number,
        accountId: account.id,
        accountIndex: account.subscriptions[0]?.index ?? 0,
        customer: account.customer.name,
        receivedOn,
        amount,
      };
      if (receivedOn >= statementDays.from && method === 'manual') {
        transfers.push(told);
        continue;
      }
      paid++;
      if (method === 'direct debit' && receivedOn < statementDays.from) debited = told;
      payments.row([`P-${digits(paid)}`, account.id, number, isoDate(receivedOn), cents(amount), currency, method]);
    }
  }
  for (const file of [cycles, invoices, payments]) file.end();
  return { transfers: transfers.sort((a, b) => a.receivedOn - b.receivedOn), debited };
}

/** What the bank tells itself: the transfers of the days of the statement, and a direct debit that will come back. */
interface PastPayments {
  readonly transfers: readonly BankPayment[];
  readonly debited: BankPayment | undefined;
}

/** An account's cycles before the billed one as the engine reads them, each subscription's latest first. */
export function pastCyclesOf(
  seed: number,
  account: SampleAccount,
  planned: ReadonlyMap<number, UsagePlan>,
): readonly PastCycle[] {
  return account.subscriptions.flatMap((subscription) =>
    [1, 2, 3]
      .filter((back) => subscription.pastCycles >= back)
      .map((back) => {
        const { use, charges } = pastLine(seed, subscription, planned.get(subscription.index), back);
        const [from, until] = datesOf(cycleOf(account.cycleDay, back));
        return { subscriptionId: subscription.id, from, until, usage: usageOf(use), charges: cents(charges) };
      }),
  );
}

/** Every account's three cycles before the billed one, in the order in which they were issued. */
function pastCycles(
  company: readonly SampleAccount[],
): readonly { account: SampleAccount; back: number; period: Period }[] {
  return [1, 2, 3]
    .flatMap((back) => company.map((account) => ({ account, back, period: cycleOf(account.cycleDay, back) })))
    .sort((a, b) => a.period.until - b.period.until);
}

function datesOf({ from, until }: Period): readonly [string, string] {
  return [isoDate(from), isoDate(until)];
}

function usageOf({ voiceSeconds, bytes, messages }: MonthlyUse): PastCycle['usage'] {
  return { voice: voiceSeconds * 1000, data: bytes, sms: messages };
}

function digits(number: number): string {
  return String(number).padStart(6, '0');
}

/** A past month: the present habits, 15 % more or less. */
function pastLine(seed: number, subscription: SampleSubscription, plan: UsagePlan | undefined, back: number): PastLine {
  const random = randomStream(seed, topic.history, subscription.index, back);
  const { habits, active } = subscription;
  // The plan counts the days in service; a past month was a whole one.
  const whole30 = plan === undefined ? 0 : 30 / Math.max(1, active.until - active.from);
  const vary = (quantity: number): number => Math.round(quantity * (0.87 + 0.3 * random()));
  // Calls last the average of the spread that usage is drawn with: 0.2 + 2.4 ÷ 3.
  const voiceSeconds = plan === undefined ? 18_400 : vary(plan.counts.voice * whole30 * habits.callSeconds);
  const roamingSessions = plan === undefined ? 1 : vary(plan.counts.roaming * 0.6);
  const use: MonthlyUse = {
    voiceSeconds,
    messages: plan === undefined ? 5 : vary(plan.counts.sms * whole30),
    bytes: vary(habits.bytes) + roamingSessions * (habits.roams === 'zone_1' ? 90 : 31) * 1_000_000,
    roamingSessions,
    roams: habits.roams,
    calls: habits.calls,
  };
  return { subscription, use, charges: chargesOf(subscription.plan, use) };
}

/** In the shape of a bill, so that it is shown like any other invoice. */
function pastBill(account: SampleAccount, period: Period, lines: readonly PastLine[]): { bill: Bill; total: bigint } {
  const { customer } = account;
  const reverse = customer.category === 'business' && customer.taxCountry !== 'DE' && customer.vatId !== null;
  const taxCategory = reverse ? 'AE' : 'S';
  const percent = reverse ? 0n : 19n;
  const because = {
    rule: 'taken-over',
    at: { file: 'predecessor', line: 1 },
    how: 'Taken over from the predecessor system.',
  };
  const dates = { from: isoDate(period.from), until: isoDate(period.until) };
  const net = lines.reduce((sum, line) => sum + line.charges, 0n);
  const tax = percentOf(net, percent);
  const amounts = { base: cents(net), amount: cents(tax), ...(reverse ? { note: 'Reverse charge' } : {}) };
  const bill: Bill = {
    accountId: account.id,
    customerId: customer.id,
    currency,
    ...dates,
    lines: lines.map(({ subscription, charges }) => ({
      id: `${subscription.id}/taken-over`,
      kind: 'fee',
      subscriptionId: subscription.id,
      title: 'Subscription and usage',
      ...dates,
      amount: cents(charges),
      exact: exactCents(charges),
      taxCategory,
      taxPercent: String(percent),
      because,
    })),
    net: cents(net),
    taxes: [{ category: taxCategory, percent: String(percent), ...amounts, because }],
    tax: cents(tax),
    total: cents(net + tax),
    ruleSet: 'taken-over',
  };
  return { bill, total: net + tax };
}

interface PastPayment {
  readonly receivedOn: DayNumber;
  readonly amount: bigint;
  readonly method: SampleSubscription['payment'];
}

/** Most pay in time, some late, a few in part, a few not yet; nothing is received after the run is issued. */
function paymentsOf(
  seed: number,
  account: SampleAccount,
  invoice: number,
  issuedOn: DayNumber,
  total: bigint,
): readonly PastPayment[] {
  const random = randomStream(seed, topic.payment, invoice);
  const payment = account.subscriptions[0]?.payment ?? 'manual';
  const habit =
    payment === 'manual'
      ? pickWeighted(random, [
          ['in time', 74],
          ['late', 15],
          ['in part', 4],
          ['open', 7],
        ] as const)
      : pickWeighted(random, [
          ['in time', 97],
          ['late', 2],
          ['open', 1],
        ] as const);
  if (habit === 'open') return [];
  const receivedOn =
    issuedOn + (habit === 'late' ? whole(random, 17, 45) : payment === 'manual' ? whole(random, 2, 14) : 3);
  if (receivedOn >= runIssuedOn) return [];
  return [{ receivedOn, amount: habit === 'in part' ? total / 2n : total, method: payment }];
}
