/** What invoices call things: titles that follow from names, and titles in the languages of customers. */

/** Titles as invoices show them in a language, in place of the words of the rules. */
export interface Translations {
  /** ISO 639, two letters. */
  readonly language: string;
  /** The title as the rules have it, and in the language; sorted by title. */
  readonly titles: readonly (readonly [title: string, translation: string])[];
}

/** Titles of lines that no rule names. */
export const fixedTitles = {
  bonusCredit: 'Bonus credit',
  creditBroughtForward: 'Credit from the previous invoice',
  creditCarriedForward: 'Credit for the next invoice',
} as const;

/** Use that an allowance, or what an offer gives, covers. */
export function includedTitle(allowance: string): string {
  return `Included: ${allowance}`;
}

/** Use in one tier of a graduated price; tiers count from 1. */
export function tierTitle(title: string, tier: number): string {
  return `${title}, tier ${tier}`;
}

/** `flex.voice.time-is-offpeak` of voice reads "Voice: time is offpeak"; an `otherwise` is just "Voice". */
export function usageTitle(rule: string, service: string): string {
  const row = rule.slice(rule.lastIndexOf('.') + 1).replaceAll('-', ' ');
  const name = service.charAt(0).toUpperCase() + service.slice(1);
  return row === 'otherwise' ? name : `${name}: ${row}`;
}

/** A service that rules declare: `premium_sms` is "Premium sms". */
export function serviceTitle(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;
}
