/** Rates: the prices of one service in one plan. */
import type { RateOutcome } from '../../engine/outcomes.ts';
import { always } from '../check/compare.ts';
import { lowerRule } from '../check/conditions.ts';
import type { Scene } from '../check/scene.ts';
import { knownService } from '../check/services.ts';
import type { Naming, RateBlock, Row } from './plan-blocks.ts';
import { lowerPrice } from './price.ts';
import { lowerTerms } from './price-terms.ts';
import { rowName } from './row-name.ts';
import type { RuleDraft } from './rule.ts';
import { lowerTiers } from './tiers.ts';

export function compileRate(
  block: RateBlock,
  naming: Naming,
  currency: string,
  planScene: Scene,
): readonly RuleDraft[] {
  const { clause, rows, placed } = block;
  const scene: Scene = { ...planScene, report: placed.report };
  const service = knownService(clause.service, scene.book, placed.report);
  if (service === undefined) return [];
  const otherwise = rows.findIndex((row) => row.otherwise);
  if (rows.length === 0 && !placed.sentence.broken && !placed.sentence.partial)
    placed.report(
      'missing-otherwise',
      clause.span,
      `nothing says what ${service} costs`,
      'add a line `charge …`, or lines `when …` and `otherwise`, each with a price',
    );
  const after = otherwise >= 0 ? rows[otherwise + 1] : undefined;
  if (after)
    placed.report('misplaced-clause', after.node.span, 'nothing can follow `otherwise`', 'move this line above it');
  const compiled = rows.map((row) => compileRow(row, block, naming, currency, scene));
  // What a contract leaves open is priced by the plan.
  const isWhole =
    !naming.mayFallThrough && !placed.sentence.broken && !placed.sentence.partial && !compiled.includes(undefined);
  return compiled
    .slice(0, otherwise >= 0 ? otherwise + 1 : undefined)
    .flatMap((row) => (row ? [{ ...row, origin: { ...row.origin, whole: clause, isWhole } }] : []));
}

function compileRow(
  row: Row,
  block: RateBlock,
  { id, former }: Naming,
  currency: string,
  scene: Scene,
): RuleDraft | undefined {
  const { report, sentence, locate } = block.placed;
  const conditions = row.otherwise ? { all: [always] } : lowerRule(row.conditions, scene);
  const outcome = lowerOutcome(row, block, currency, scene);
  if (!row.charge && !row.tiering && !sentence.broken) {
    report(
      'missing-clause',
      row.node.span,
      'this line has no price',
      'add `charge` with a price, or `graduated per cycle` or `volume per cycle` with tiers',
    );
  }
  if (!conditions || !outcome) return undefined;
  const service = block.clause.service.text;
  const path = `${id}.${service}`;
  const name = row.as?.name?.text ?? (row.otherwise ? 'otherwise' : rowName(row.conditions));
  const before = row.renamed?.former.text ?? name;
  return {
    set: `rate:${path}`,
    family: 'rate',
    policy: block.clause.firstThatFits ? 'first' : 'exactly one',
    scope: 'portion',
    name: `${path}.${name}`,
    ...((row.renamed || former) && { renamedFrom: `${former ?? id}.${service}.${before}` }),
    ...(row.as?.title && { title: row.as.title.text }),
    at: locate(row.node.span),
    conditions,
    otherwise: row.otherwise,
    outcome,
    origin: { node: row.node, report },
  };
}

function lowerOutcome(row: Row, block: RateBlock, currency: string, scene: Scene): RateOutcome | undefined {
  const service = scene.book.services.get(block.clause.service.text);
  if (!service) return undefined;
  const { charge, tiering } = row;
  if (charge) {
    const price = lowerPrice(charge.price, service, scene);
    const terms = lowerTerms(charge.terms, service, scene, false);
    return price && terms && { kind: 'rate', currency, price, ...terms.price };
  }
  if (!tiering) return undefined;
  if (row.tiers.length === 0) {
    if (!block.placed.sentence.broken)
      scene.report(
        'open-tiers',
        tiering.span,
        'there are no tiers',
        'add lines `first …`, `next …` and `beyond …`, each with a price',
      );
    return undefined;
  }
  const price = lowerTiers(tiering.model, row.tiers, service, scene);
  const terms = lowerTerms(tiering.terms, service, scene, true);
  return price && terms && { kind: 'rate', currency, price: { ...price, ...terms.counting }, ...terms.price };
}
