import type { Check } from './check.ts';
import { presence } from './presence.ts';
import { sums } from './sums.ts';
import { syntax } from './syntax.ts';
import { taxes } from './taxes.ts';
import { readXml } from './xml.ts';

/**
 * The rules that an invoice of a telephone company can break, read from the standard and written anew: independent of the code
 * that makes the invoices, and of the library that writes them.
 */
export const checks: readonly Check[] = [...presence, ...sums, ...taxes, ...syntax];

/** The names of the rules that an e-invoice breaks; empty if it is right. */
export function brokenRules(xml: string): readonly string[] {
  const invoice = readXml(xml);
  return checks.flatMap(([rule, holds]) => (holds(invoice) ? [] : [rule]));
}
