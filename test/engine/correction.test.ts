/**
 * Corrections of issued invoices, some of them after invoices in mid-cycle, for random accounts whose usage, by one policy or another, and whose
 * changes of plan, pauses and ends become known late.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CorrectionCharge } from '../../engine/correction-charge.ts';
import type { CreditNote } from '../../engine/credit-note.ts';
import type { AccountCycle } from '../../engine/model.ts';
import { parseDecimal, type Rational, zero } from '../../engine/money.ts';
import {
  groupKey,
  groupsOf,
  minus,
  netOf,
  plus,
  type Taxable,
  type TaxGroups,
  totalOf,
} from '../../engine/tax-groups.ts';
import { type Books, billsInHindsight, correctIssued } from './correction-books.ts';
import { booksOf, everything, past, rules } from './drawn-past.ts';

const documented = (books: Books, number: string): TaxGroups => {
  const one = books.issued.find((issued) => issued.number === number);
  if (!one) throw new Error(number);
  const charges = one.standing.charges.map(({ charge }) => groupsOf(taxable(charge)));
  return minus(plus(groupsOf(one.standing.original), ...charges), plus(...one.standing.creditNotes.map(groupsOf)));
};

/** What a document that a credit note is on charged for its cycle, and what is left of that after the note and those before it. */
const around = ({ issued }: Books, { corrects, from }: CreditNote, notes: readonly CreditNote[]) => {
  const one = issued.find(({ cycle }) => cycle.bounds.from === from);
  if (!one) throw new Error(from);
  const { invoice, original, charges } = one.standing;
  const charged = charges.filter(({ on }) => on === corrects).map(({ charge }) => groupsOf(taxable(charge)));
  const given = notes.filter((note) => note.corrects === corrects && note.from === from).map(groupsOf);
  const asIssued = plus(...(invoice === corrects ? [groupsOf(original)] : []), ...charged);
  return { asIssued, left: minus(asIssued, plus(...given)) };
};

const taxable = (charge: CorrectionCharge): Taxable => ({
  lines: [charge],
  taxes: [{ category: charge.taxCategory, percent: charge.taxPercent, amount: charge.tax }],
});

const shown = (groups: TaxGroups) =>
  [...groups].flatMap(([key, group]) => {
    const [net, tax] = [netOf(group), group.tax];
    return net.n === 0n && tax.n === 0n ? [] : [[key, toCents(net), toCents(tax)]];
  });

const toCents = ({ n, d }: Rational) => Number((n * 100n) / d);
const cents = (amount: string) => toCents(parseDecimal(amount));
const total = (amounts: readonly string[]) => amounts.reduce((sum, amount) => sum + cents(amount), 0);

/** Of 2 % and more, a tax that differs by a cent or less from what its base gives. */
const fits = (percent: string, base: string, tax: string) =>
  Math.abs(cents(tax) - (cents(base) * Number(percent)) / 100) <= 1.5;

test('original and corrections are together what would have been billed had all been known, in every tax and in total', () => {
  let credited = 0;
  let charged = 0;
  let interim = 0;
  fc.assert(
    fc.property(past, (drawnPast) => {
      const books = booksOf(drawnPast);
      const hindsight = billsInHindsight(drawnPast.cycles(everything).slice(0, -1), drawnPast.known(everything), rules);
      for (const [index, bill] of hindsight.entries()) {
        const stands = documented(books, `I-${index + 1}`);
        expect(shown(stands)).toEqual(shown(groupsOf(bill)));
        expect(toCents(totalOf(stands))).toBe(cents(bill.total));
      }
      credited += books.creditNotes.length;
      charged += books.issued.flatMap(({ standing }) => standing.charges).length;
      interim += drawnPast.cycles(everything).flatMap((cycle) => cycle.interim ?? []).length;
    }),
    { numRuns: 60 },
  );
  // Few of the drawn months come to the amount that is invoiced before their end.
  expect([credited > 20, charged > 20, interim > 0]).toEqual([true, true, true]);
});

test('credit notes and corrections on invoices are positive, add up, and have the tax that follows from them', () => {
  fc.assert(
    fc.property(past, (drawnPast) => {
      const books = booksOf(drawnPast);
      const { issued, creditNotes } = books;
      for (const [index, note] of creditNotes.entries()) {
        const { lines, taxes, net, tax, total: sum } = note;
        expect(total(lines.map(({ amount }) => amount))).toBe(cents(net));
        expect(total(taxes.map(({ amount }) => amount))).toBe(cents(tax));
        expect(cents(net) + cents(tax)).toBe(cents(sum));
        expect(cents(sum)).toBeGreaterThan(0);
        const { asIssued, left } = around(books, note, creditNotes.slice(0, index + 1));
        for (const line of lines) {
          const key = groupKey(line.taxCategory, line.taxPercent);
          const charged = asIssued.get(key);
          // Only what an invoice itself gave under a tax is taken away again when it is taken back whole.
          if (charged && netOf(charged).n < 0n) continue;
          expect(cents(line.amount)).toBeGreaterThan(0);
          const rest = left.get(key);
          expect(toCents(rest ? netOf(rest) : zero)).toBeGreaterThanOrEqual(0);
          expect(toCents(rest?.tax ?? zero)).toBeGreaterThanOrEqual(0);
        }
        for (const { percent, base, amount } of taxes) expect(fits(percent, base, amount)).toBe(true);
      }
      for (const { bill } of issued) {
        expect(total(bill.lines.map(({ amount }) => amount)) + total(bill.taxes.map(({ amount }) => amount))).toBe(
          cents(bill.total),
        );
        expect(cents(bill.total)).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 60 },
  );
});

test('no invoice is given back more of than it comes to, whatever is withdrawn and whenever', () => {
  fc.assert(
    fc.property(past, (drawnPast) => {
      const { issued, creditNotes } = booksOf(drawnPast);
      for (const { number, bill } of issued) {
        const given = creditNotes.filter(({ corrects }) => corrects === number).map((note) => note.total);
        expect(total(given)).toBeLessThanOrEqual(cents(bill.total));
      }
    }),
    { numRuns: 60 },
  );
});

test('to correct again what is right already changes nothing', () => {
  fc.assert(
    fc.property(past, (drawnPast) => {
      const { subscriptions } = drawnPast.cycles(everything)[0] as AccountCycle;
      const again = correctIssued(booksOf(drawnPast), subscriptions, drawnPast.known(everything), rules);
      expect(again.flatMap(({ creditNotes, charges }) => [...creditNotes, ...charges])).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
