/** Money in rules and tests: in a currency that exists, in one currency, in that of the bill. */
import type { Clause } from '../syntax/clauses.ts';
import type { PlanSentence, Sentence } from '../syntax/sentences.ts';
import type { Money } from '../syntax/tree.ts';
import type { Book, Placed } from './book.ts';
import { isCurrency } from './currencies.ts';

/**
 * Reports amounts of money that cannot be compared with the money of the bill: facts are in the currency of the account,
 * which is that of its plans. Where plans of several currencies are possible, a rule has to be for those of one.
 */
export function checkMoney({ sentence, report }: Placed, book: Book): void {
  const amounts = moneyIn(sentence.clauses);
  const [first] = amounts;
  if (!first) return;
  const named = plansNamed(sentence.clauses);
  const plans = named.length > 0 ? named : [...book.currencies.keys()];
  const possible = [...new Set(plans.flatMap((plan) => book.currencies.get(plan) ?? []))].sort();
  const bill = listed(possible);
  for (const { currency } of amounts) {
    const { text, span } = currency;
    if (!isCurrency(text))
      report(
        'mixed-currency',
        span,
        `\`${text}\` is not a currency`,
        `write ${possible.length > 0 ? bill : 'its code of three letters, such as EUR'}`,
      );
    else if (possible.length > 0 && !possible.includes(text) && isBilled(sentence))
      report('mixed-currency', span, `this is in ${text}, but the bill is in ${bill}`, `write the amount in ${bill}`);
    else if (text !== first.currency.text)
      report(
        'mixed-currency',
        span,
        `this is in ${text}, and another amount here is in ${first.currency.text}`,
        'write all amounts in one currency; nothing is converted',
      );
    else if (possible.length > 1 && takesPlans(sentence))
      report(
        'mixed-currency',
        span,
        `this is in ${text}, but the plans that it is for are in ${bill}`,
        'write one rule for each currency, each with `for plan …`',
      );
    else continue;
    return;
  }
}

/** The currencies that a plan is in, those of the plans that it is like included. */
export function currenciesOf(name: string, book: Pick<Book, 'plans'>): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  for (let plan: string | undefined = name; plan !== undefined && !seen.has(plan); ) {
    seen.add(plan);
    const versions: readonly Placed<PlanSentence>[] = book.plans.get(plan) ?? [];
    for (const { sentence } of versions) if (sentence.currency) found.add(sentence.currency.text);
    plan = versions.find(({ sentence }) => sentence.like && !sentence.currency)?.sentence.like?.text;
  }
  return [...found].filter(isCurrency);
}

/** Every amount of money below a node of the syntax tree, in the order of the text. */
function moneyIn(node: unknown): readonly Money[] {
  if (Array.isArray(node)) return node.flatMap(moneyIn);
  if (typeof node !== 'object' || node === null) return [];
  if ('kind' in node && node.kind === 'money') return [node as Money];
  return Object.values(node)
    .flatMap(moneyIn)
    .sort((a, b) => a.span.start - b.span.start);
}

function plansNamed(clauses: readonly Clause[]): readonly string[] {
  return clauses.flatMap((clause) => {
    if (clause.kind === 'for plans') return clause.plans.map(({ text }) => text);
    if (clause.kind !== 'given') return [];
    return clause.items.flatMap((item) => (item.kind === 'plan' ? [item.name.text] : []));
  });
}

/** Orders and payments may come in any currency; the bill does not. */
function isBilled({ kind }: Sentence): boolean {
  return (
    kind === 'discount' ||
    kind === 'anomaly' ||
    kind === 'advantage' ||
    kind === 'tax' ||
    kind === 'test' ||
    kind === 'offer' ||
    kind === 'dunning'
  );
}

function takesPlans({ kind }: Sentence): boolean {
  return kind === 'discount' || kind === 'anomaly';
}

function listed(currencies: readonly string[]): string {
  return currencies.join(' or ');
}
