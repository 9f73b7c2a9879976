/** Content: which links of a catalogue go with a message, in which order, and why each of them. */
import { decide } from './decide/decide.ts';
import { compareLikeness, corpusOf, type Likeness, likenessOf, likenessPercent, weightsOf } from './likeness.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision } from './model.ts';
import { onceOfEach } from './once-of.ts';
import type { Catalogue, ContentOutcome, Link } from './outcomes.ts';
import { addDays } from './period.ts';
import type { Facts, StockRule } from './rule-set.ts';

/** A link for a customer, and what put it where it stands, in words. */
export interface PickedLink {
  readonly link: Link;
  readonly reason: string;
}

/**
 * The links that a catalogue has for a customer, best first, at most as many as its rule says: those in force on the day of
 * the facts, in the customer's language if the rule says so, not shown before, and such as the rule's conditions fit. The
 * criteria rank in their order; what they leave equal goes by id.
 *
 * @param facts of the customer, complete.
 * @param shown addresses that the customer has been sent before.
 */
export function pickLinks(
  name: string,
  facts: Facts,
  shown: ReadonlySet<string>,
  rules: LoadedRuleSet,
  record: Decision[] = [],
): readonly PickedLink[] {
  const catalogue = rules.document.catalogues?.find((one) => one.name === name);
  const loaded = rules.sets.get(`content:${name}`);
  const [rule] = (loaded?.set.rules ?? []) as readonly StockRule<ContentOutcome>[];
  if (!catalogue || !loaded || !rule) throw new Error(`The rule set has no content "${name}".`);
  const { rankBy, top, inCustomerLanguage, neverTwice } = rule.event.params.outcome;
  const today = addDays('1970-01-01', facts.date as number);
  const candidates = catalogue.links.filter(
    (link) =>
      (link.from === undefined || link.from <= today) &&
      (link.until === undefined || today < link.until) &&
      !(neverTwice && shown.has(link.url)) &&
      (!inCustomerLanguage || link.languages.includes(String(facts['customer.language']))) &&
      decide(rules, loaded.set.id, { ...facts, ...linkFacts(link) }, record)?.rules.length === 1,
  );
  const scored = candidates.map((link) => ({
    link,
    scores: rankBy.map((criterion) => scoreOf(criterion, link, facts, catalogue)),
  }));
  return scored
    .sort((a, b) => better(a.scores, b.scores) || (a.link.id < b.link.id ? -1 : 1))
    .slice(0, top)
    .map(({ link, scores }) => ({ link, reason: scores.map(({ reason }) => reason).join('; ') }));
}

/** Facts of a link; a day that is not said is missing. */
export function linkFacts(link: Link): Facts {
  return {
    'link.id': link.id,
    'link.title': link.title,
    'link.categories': link.categories,
    'link.languages': link.languages,
    'link.text': link.text,
  };
}

type Score = { readonly reason: string } & (
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'likeness'; readonly likeness: Likeness }
);

function scoreOf(criterion: ContentOutcome['rankBy'][number], link: Link, facts: Facts, catalogue: Catalogue): Score {
  if (criterion.kind === 'shared categories') {
    const segments = facts['customer.segments'] as readonly string[];
    const shared = link.categories.filter((category) => segments.includes(category));
    const reason = shared.length === 0 ? 'no shared category' : `shared: ${shared.join(', ')}`;
    return { kind: 'count', count: shared.length, reason };
  }
  const all = { ...facts, ...linkFacts(link) };
  const corpus = corpusFor(catalogue, criterion.of);
  const likeness = likenessOf(
    weightsOf(String(all[criterion.of]), corpus),
    weightsOf(String(all[criterion.to]), corpus),
  );
  return { kind: 'likeness', likeness, reason: `${likenessPercent(likeness)} % alike` };
}

/** Negative if `a` goes first. */
function better(a: readonly Score[], b: readonly Score[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (one.kind === 'count' && other?.kind === 'count' && one.count !== other.count) return other.count - one.count;
    const order =
      one.kind === 'likeness' && other?.kind === 'likeness' ? compareLikeness(other.likeness, one.likeness) : 0;
    if (order !== 0) return order;
  }
  return 0;
}

/** How rare the words of a catalogue are does not change while it is loaded. */
const corpusFor = onceOfEach((catalogue: Catalogue, fact: string) =>
  corpusOf(catalogue.links.map((link) => String(linkFacts(link)[fact]))),
);
