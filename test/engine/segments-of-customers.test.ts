import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { decideBusinessEvent } from '../../engine/business-event.ts';
import { customerSegments } from '../../engine/customer-segments.ts';
import { rateCycle } from '../../engine/cycle.ts';
import { decideWithLibrary } from '../../engine/decide/library.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, Decision } from '../../engine/model.ts';
import type { Facts, Item } from '../../engine/rule-set.ts';
import { message, source } from '../dsl/sources.ts';

const rules = `
declare zone Europe/Berlin
plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 10.00 EUR monthly in advance, prorated by day
segment gamer
  when customer.profile mentions "gaming"
    or order.items include category console
segment collector
  when order.items include category console or camera and price > 400.00 EUR
discount players "For players"
  when customer is gamer
  take 10% off all charges
  beside nobody
discount nobody "For neither"
  when customer is not gamer or collector
  take 1.00 EUR off all charges
tax standard otherwise 0% category Z
notify players
  on order placed
  when customer is gamer
  send "hello" to customer
`;
const { ruleSet, diagnostics } = compileRules(source(rules, ...message('hello')));
if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
const loaded = loadRuleSet(ruleSet);

const console499: Item = { category: 'console', price: 499_000_000, currency: 'EUR' };
const console199: Item = { category: 'console', price: 199_000_000, currency: 'EUR' };

function facts(profile: string, bought: readonly Item[]): Facts {
  return { always: true, 'customer.profile': profile, 'customer.bought': bought };
}

function cycle(profile: string, bought?: readonly Item[]): AccountCycle {
  return {
    account: { id: 'A', currency: 'EUR', zone: 'Europe/Berlin', cycleDay: 1, openedOn: '2026-01-01' },
    customer: {
      id: 'C',
      name: 'C',
      category: 'consumer',
      country: 'DE',
      taxCountry: 'DE',
      language: 'de',
      zone: 'Europe/Berlin',
      interests: [],
      profile,
      ...(bought && { bought }),
    },
    subscriptions: [
      {
        id: 'S',
        plan: 'flex',
        msisdn: '+491700000001',
        payment: 'manual',
        acceptedOn: '2026-01-01',
        activatedOn: '2026-01-01',
      },
    ],
    usage: [],
    balances: [],
    history: [],
    bounds: { from: '2026-05-01', until: '2026-06-01', nextUntil: '2026-07-01' },
  };
}

describe('A customer', () => {
  it('belongs to every segment whose words or purchases fit', () => {
    expect(customerSegments(facts('Likes gaming.', []), loaded)).toEqual(['gamer']);
    expect(customerSegments(facts('', [console499]), loaded)).toEqual(['gamer', 'collector']);
    expect(customerSegments(facts('Likes endgaming.', []), loaded)).toEqual([]);
  });

  it('is told by one item that is all of what is asked, never by two that are half of it each', () => {
    const television: Item = { category: 'television', price: 900_000_000, currency: 'EUR' };
    expect(customerSegments(facts('', [console199, television]), loaded)).toEqual(['gamer']);
    expect(customerSegments(facts('', [{ ...console499, price: 400_000_000 }]), loaded)).toEqual(['gamer']);
    expect(customerSegments(facts('', [{ ...console499, price: 400_000_001 }]), loaded)).toEqual([
      'gamer',
      'collector',
    ]);
  });

  it('is not told by a price in another currency', () => {
    expect(customerSegments(facts('', [{ ...console499, currency: 'JPY' }]), loaded)).toEqual(['gamer']);
  });

  it('belongs to the same segments by the library and by the generated function', async () => {
    const set = loaded.sets.get('segment');
    for (const known of [facts('gaming', []), facts('', [console499]), facts('', [console199]), facts('', [])]) {
      const decisions: Decision[] = [];
      customerSegments(known, loaded, decisions);
      const { matches } = await decideWithLibrary(ruleSet, set!.set, known, loaded.derive);
      expect(decisions[0]?.matches).toEqual(matches);
    }
  });
});

describe('Rules that read segments', () => {
  it('are stock rules on a list fact', () => {
    const discount = ruleSet.decisions.find(({ id }) => id === 'discount');
    expect(discount?.rules[0]?.conditions).toEqual({
      all: [{ fact: 'customer.segments', operator: 'contains', value: 'gamer' }],
    });
  });

  it('find them in the bill cycle, with the decision on record', () => {
    const { decisions } = rateCycle(cycle('', [console499]), loaded);
    expect(decisions).toEqual([
      {
        set: 'segment',
        facts: { 'customer.bought': [console499], 'customer.profile': '' },
        matches: ['segment.gamer', 'segment.collector'],
      },
    ]);
  });

  it('find them on events, and the answer says why', async () => {
    const known = { ...facts('gaming', []), 'customer.segments': ['gamer'] };
    const outcome = await decideBusinessEvent('order placed', known, loaded);
    expect(outcome.sends.map(({ rule }) => rule)).toEqual(['notify.players']);
    expect(outcome.why.map(({ rule, result }) => [rule, result])).toEqual([
      ['segment.gamer', true],
      ['segment.collector', false],
      ['notify.players', true],
    ]);
  });
});
