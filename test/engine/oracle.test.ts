import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditsOf } from '../../engine/credit.ts';
import type { AccountCycle, BillLine } from '../../engine/model.ts';
import { type OracleBill, type OracleLine, oracleBill } from './oracle.ts';
import { life } from './oracle-customers.ts';
import { type Billed, billsOf } from './oracle-life.ts';

describe('The engine and the oracle', () => {
  it('agree on every line, tax, total, allowance, credit and limit of any customer, cycle after cycle', () => {
    fc.assert(
      fc.property(life, (drawn) => {
        for (const billed of billsOf(drawn)) expect(inPlainWords(billed)).toEqual(oracleBill(billed.cycle));
      }),
      { numRuns: 200 },
    );
  });
});

/** What the engine found, put as the oracle puts it. Lines that charge and give back nothing at all are left out. */
function inPlainWords({ cycle, evaluation }: Billed): OracleBill {
  const { bill, balances, exceptions, trace } = evaluation;
  const tiers = new Map(trace.map((portion) => [portion.lineId, portion.tier]));
  const lines = bill.lines
    .filter(({ kind }) => !kind.startsWith('credit'))
    .map((line) => inWordsOfTheOracle(line, tiers.get(line.id), cycle));
  return {
    lines: lines.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    net: bill.net,
    taxes: bill.taxes.map(({ category, base, amount }) => ({ category, base, amount })),
    total: bill.total,
    balances: balances.map(({ subscriptionId, service, remaining, expiresOn }) => ({
      subscriptionId,
      service,
      remaining,
      expiresOn,
    })),
    credits: creditsOf(bill).map(({ taxCategory, amount }) => ({ taxCategory, amount })),
    strangers: exceptions
      .filter(({ code }) => code === 'unknown-subscriber' || code === 'outside-subscription')
      .map(({ subject }) => subject)
      .toSorted(),
    anomalies: exceptions
      .filter(({ code }) => code !== 'unknown-subscriber' && code !== 'outside-subscription')
      .filter(({ code }) => code !== 'missing-usage')
      .map(({ code, rule, subject }) => `${rule ?? code} ${subject}`)
      .toSorted(),
  };
}

function inWordsOfTheOracle(line: BillLine, tier: number | undefined, cycle: AccountCycle): OracleLine {
  return {
    key: `${line.subscriptionId} ${wordsFor(line, tier, cycle)}`,
    exact: line.exact,
    amount: line.amount,
    ...(line.service !== undefined && { quantity: line.quantity ?? 0, events: line.events ?? 0 }),
  };
}

function wordsFor(line: BillLine, tier: number | undefined, { bounds }: AccountCycle): string {
  const { kind, because, service, from } = line;
  if (kind === 'fee' && from >= bounds.until) return 'fee in advance';
  if (kind === 'fee' || kind === 'fee refund') return kind;
  if (kind === 'included usage') return `included ${service}`;
  if (kind === 'discount') return line.id.endsWith('/refund') ? `${because.rule} given back` : because.rule;
  return `${because.rule.slice(because.rule.indexOf('.') + 1)}${tier === undefined ? '' : ` ${tier}`}`;
}
