/** Content: links of a catalogue that messages bring along, by what they are about. */
import type { ContentOutcome, RankCriterion } from '../../engine/outcomes.ts';
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { expectPositive } from '../check/quantities.ts';
import { type Scene, seeFact } from '../check/scene.ts';
import type { RankClause } from '../syntax/clauses.ts';
import type { ContentSentence } from '../syntax/sentences.ts';
import type { Fact } from '../syntax/tree.ts';
import { eventScene } from './engagement.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { clauseOf, clausesOf } from './shapes.ts';

export function compileContent(placed: Placed<ContentSentence>, book: Book): readonly RuleDraft[] {
  const { clauses, name } = placed.sentence;
  const rank = clauseOf(clauses, 'rank');
  const top = clauseOf(clauses, 'top');
  const also = circumstances(clauses, placed, book);
  if (!rank || !top || !also) return [];
  const scene = eventScene('link', placed, book);
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), scene, also);
  const rankBy = lowerRank(rank, scene);
  const count = expectPositive(top.count, 'number', 'a number of links', placed.report);
  if (!conditions || !rankBy || count === undefined) return [];
  const outcome: ContentOutcome = {
    kind: 'content',
    content: name.text,
    rankBy,
    top: count,
    neverTwice: top.neverTwice,
    inCustomerLanguage: top.inCustomerLanguage,
  };
  return [
    {
      ...draftOf(placed),
      set: `content:${name.text}`,
      family: 'content',
      policy: 'all',
      scope: 'link',
      conditions,
      outcome,
    },
  ];
}

function lowerRank({ criteria }: RankClause, scene: Scene): readonly RankCriterion[] | undefined {
  const lowered = criteria.map((criterion): RankCriterion | undefined => {
    if (criterion.kind === 'shared categories') return { kind: 'shared categories' };
    const of = textFact(criterion.of, scene);
    const to = of && textFact(criterion.to, scene);
    if (!of || !to) return undefined;
    if (of.startsWith('link.')) return { kind: 'likeness', of, to };
    scene.report(
      'wrong-type',
      criterion.of.span,
      'what is ranked is the link',
      'write the text of the link first: `likeness of link.text to customer.profile`',
    );
    return undefined;
  });
  return lowered.includes(undefined) ? undefined : (lowered as RankCriterion[]);
}

function textFact(fact: Fact, scene: Scene): string | undefined {
  const definition = seeFact(fact, scene);
  if (!definition) return undefined;
  if (definition.type.kind === 'text' && !definition.optional) return definition.name;
  scene.report(
    'wrong-type',
    fact.span,
    definition.optional ? `\`${fact.name}\` may be missing` : `\`${fact.name}\` is no text`,
    'compare texts that are always known, such as link.text and customer.profile',
  );
  return undefined;
}
