import { describe, expect, it } from 'vitest';
import { compareBills, isZero, subtractAmounts } from '../../editor/bill-difference.ts';
import type { Bill, BillLine } from '../../engine/model.ts';

describe('the difference of two bills', () => {
  const rental = line('rental', 'Line rental', '12.00', '12.00 EUR monthly in advance');
  const voice = line('voice-offpeak', 'Voice', '0.96', '48 min × 0.02 EUR');
  const data = line('data', 'Data', '2.40', '2 GB × 1.20 EUR');

  it('has nothing to show for equal bills', () => {
    const difference = compareBills(bill([rental, voice], '12.96'), bill([rental, voice], '12.96'));
    expect(difference.lines.map(({ kind, change }) => [kind, change])).toEqual([
      ['same', '0.00'],
      ['same', '0.00'],
    ]);
    expect(difference.total).toBe('0.00');
  });

  it('pairs a line with its predecessor although another rule priced it', () => {
    const dearer = line('voice-peak', 'Voice', '1.20', '48 min × 0.025 EUR');
    const difference = compareBills(bill([rental, voice], '12.96'), bill([rental, dearer], '13.20'));
    expect(difference.lines[1]).toEqual({ kind: 'changed', before: voice, after: dearer, change: '0.24' });
    expect(difference.total).toBe('0.24');
  });

  it('shows new lines, and lines that are gone where they stood', () => {
    const fee = line('fee', 'Service fee', '1.00', '1.00 EUR monthly');
    const difference = compareBills(bill([rental, data, voice], '15.36'), bill([rental, voice, fee], '13.96'));
    expect(difference.lines.map(({ kind, before, after, change }) => [kind, (after ?? before)?.title, change])).toEqual(
      [
        ['same', 'Line rental', '0.00'],
        ['removed', 'Data', '-2.40'],
        ['same', 'Voice', '0.00'],
        ['added', 'Service fee', '1.00'],
      ],
    );
    expect(difference.total).toBe('-1.40');
  });

  it('calls a line changed when its reason changes and its amount does not', () => {
    const otherwise = { ...voice, because: { ...voice.because, how: '96 min × 0.01 EUR' } };
    expect(compareBills(bill([voice], '0.96'), bill([otherwise], '0.96')).lines[0]?.kind).toBe('changed');
  });

  it('counts everything as new where no rules were released before', () => {
    const difference = compareBills(null, bill([rental], '12.00'));
    expect(difference.lines.map(({ kind }) => kind)).toEqual(['added']);
    expect(difference.total).toBe('12.00');
  });

  it('keeps two lines of one title apart', () => {
    const other = { ...rental, id: 'rental-2', subscriptionId: 'S-2' };
    const difference = compareBills(bill([rental], '12.00'), bill([rental, other], '24.00'));
    expect(difference.lines.map(({ kind }) => kind)).toEqual(['same', 'added']);
  });
});

describe('exact differences of amounts', () => {
  it.each([
    ['0.30', '0.10', '0.20'],
    ['1', '0.001', '0.999'],
    ['-6.00', '-6.00', '0.00'],
    ['0.05', '12.00', '-11.95'],
    ['90071992547409931.07', '0.08', '90071992547409930.99'],
    ['1234', '1', '1233'],
  ])('%s − %s = %s', (left, right, difference) => {
    expect(subtractAmounts(left, right)).toBe(difference);
  });

  it('know zero in every spelling', () => {
    expect(['0', '0.00', '-0.00', '0.000'].every(isZero)).toBe(true);
    expect(isZero('0.01')).toBe(false);
  });
});

function line(id: string, title: string, amount: string, how: string): BillLine {
  return {
    id,
    kind: 'usage',
    subscriptionId: 'S-1',
    title,
    from: '2026-05-01',
    until: '2026-06-01',
    amount,
    exact: amount,
    taxCategory: 'S',
    taxPercent: '19',
    because: { rule: id, at: { file: 'consumer.rules', line: 1 }, how },
  };
}

function bill(lines: readonly BillLine[], total: string): Bill {
  return {
    accountId: 'A-1',
    customerId: 'C-1',
    currency: 'EUR',
    from: '2026-05-01',
    until: '2026-06-01',
    lines,
    net: total,
    taxes: [],
    tax: '0.00',
    total,
    ruleSet: 'r',
  };
}
