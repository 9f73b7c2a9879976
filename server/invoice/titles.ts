import type { BillLine } from '../../engine/model.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { serviceTitle } from '../../engine/titles.ts';
import { filled, type InvoiceTexts, invoiceTexts } from './invoice-texts.ts';

/** What the title of a line is made from. */
type TitledLine = Pick<BillLine, 'kind' | 'title' | 'alreadyInvoiced' | 'correction'>;

/** Titles in the language of an invoice: those of rules as their rule set translates them, the others from its fixed texts. */
export interface Titles {
  readonly line: (line: TitledLine) => string;
  /** Of a plan, a fee, a discount, a note; what is not translated stands as the rules say it. */
  readonly rule: (title: string) => string;
  readonly service: (name: string) => string;
}

/** @param rules that the invoice was made by; null for one taken over from the predecessor system. */
export function titlesIn(language: string, rules: RuleSet | null): Titles {
  const text = invoiceTexts(language);
  const translations = new Map(rules?.translations?.find((one) => one.language === language)?.titles);
  const rule = (title: string) => translations.get(title) ?? title;
  const service = (name: string) => text.services[name] ?? rule(serviceTitle(name));
  return { rule, service, line: (line) => lineTitle(line, rule, text) };
}

/** The engine puts the number of a tier behind a title and a word before an allowance; both are said in the language. */
function lineTitle(
  { kind, title, alreadyInvoiced, correction }: TitledLine,
  rule: Titles['rule'],
  text: InvoiceTexts,
): string {
  switch (kind) {
    case 'credit brought forward':
      return text.creditBroughtForward;
    case 'credit carried forward':
      return text.creditCarriedForward;
    case 'already invoiced':
      return filled(text.alreadyInvoiced, { invoice: alreadyInvoiced?.invoice ?? '' });
    case 'included usage':
      return `${text.included}: ${rule(title.replace(/^Included: /, ''))}`;
    case 'correction': {
      const corrected = correctedTitles(title, rule, text).join(', ');
      // All of a credit note corrects the one invoice that it names; lines of a bill may correct several.
      return correction ? filled(text.correctionOf, { invoice: correction.invoice, title: corrected }) : corrected;
    }
    default: {
      const [, base = title, tier] = /^(.*), tier (\d+)$/.exec(title) ?? [];
      return tier === undefined ? rule(title) : `${rule(base)}, ${text.tier} ${tier}`;
    }
  }
}

/** A correction names the lines that it corrects, with commas between; a title may itself have commas, so the longest that is known counts. */
function correctedTitles(titles: string, rule: Titles['rule'], text: InvoiceTexts): readonly string[] {
  const parts = titles.split(', ');
  for (let length = parts.length; length > 0; length -= 1) {
    const title = parts.slice(0, length).join(', ');
    const said = correctedTitle(title, rule, text);
    if (said === title && length > 1) continue;
    const rest = parts.slice(length).join(', ');
    return rest === '' ? [said] : [said, ...correctedTitles(rest, rule, text)];
  }
  return [titles];
}

function correctedTitle(title: string, rule: Titles['rule'], text: InvoiceTexts): string {
  const english = invoiceTexts('en');
  if (title === english.creditBroughtForward) return text.creditBroughtForward;
  if (title === english.creditCarriedForward) return text.creditCarriedForward;
  return lineTitle({ kind: 'usage', title }, rule, text);
}
