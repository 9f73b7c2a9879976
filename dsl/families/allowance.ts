/** Allowances: usage included in a plan, and which usage they cover. */
import type { Allowance, Condition, ServiceDefinition } from '../../engine/rule-set.ts';
import { lowerRule } from '../check/conditions.ts';
import { expectMeasure, expectPositive } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import { knownDestinations, knownService } from '../check/services.ts';
import type { AllowanceBlock, Naming } from './plan-blocks.ts';
import { measureOfService } from './price.ts';
import type { RuleDraft } from './rule.ts';

export interface AllowanceDraft {
  readonly allowance: Allowance;
  readonly rule: RuleDraft;
}

export function allowanceRule(
  block: AllowanceBlock,
  { id: plan, former }: Naming,
  planScene: Scene,
): AllowanceDraft | undefined {
  const { clause, placed } = block;
  const scene: Scene = { ...planScene, report: placed.report };
  const service = knownService(clause.service, scene.book, placed.report);
  const definition = service !== undefined && scene.book.services.get(service);
  if (!definition) return undefined;
  const quantity = expectPositive(
    clause.quantity,
    measureOfService(definition),
    `an allowance of ${service}`,
    placed.report,
  );
  if (definition.measure === 'units') {
    placed.report(
      'misplaced-clause',
      clause.span,
      `${service} is a level, which is not used up`,
      'write what is free as a first tier: `first 5 units 0.00 EUR per unit`',
    );
    return undefined;
  }
  const rolloverCycles = clause.rollover ? expectMeasure(clause.rollover, 'cycles', 'rolling over', placed.report) : 0;
  const limits = lowerLimits(block, definition);
  const destinations = clause.to.length > 0 ? toDestinations(block, scene) : [];
  const conditions = destinations && lowerRule(block.conditions, scene, destinations);
  if (quantity === undefined || rolloverCycles === undefined || !limits || !conditions) return undefined;
  const name = block.as?.name?.text ?? service;
  const id = `${plan}.allowance.${name}`;
  const before = block.renamed?.former.text ?? name;
  const renamedFrom = block.renamed || former ? { renamedFrom: `${former ?? plan}.allowance.${before}` } : undefined;
  const at = placed.locate(clause.span);
  const allowance: Allowance = {
    id,
    service,
    quantity,
    rolloverCycles,
    ...limits,
    ...renamedFrom,
    prorated: clause.prorated ? 'by day' : 'never',
    title: block.as?.title?.text ?? wordsOf(placed.slice(clause.title.span)),
    at,
  };
  const rule: RuleDraft = {
    set: `allowance:${plan}.${service}`,
    family: 'allowance',
    policy: 'all',
    scope: 'portion',
    name: id,
    title: allowance.title,
    ...renamedFrom,
    at,
    conditions,
    otherwise: false,
    outcome: { kind: 'allowance', allowance: id },
    origin: { node: clause.service, report: placed.report },
  };
  return { allowance, rule };
}

/** What a member may use at most, and what may be kept: said only where there is a group, or something rolls over. */
function lowerLimits(
  { clause, placed: { report } }: AllowanceBlock,
  service: ServiceDefinition,
): Pick<Allowance, 'sharedByGroup' | 'rolloverAtMost'> | undefined {
  const { shared, perMember, rollover, keptAtMost } = clause;
  const measure = measureOfService(service);
  if (perMember && !shared) {
    report(
      'misplaced-clause',
      perMember.span,
      'only what a group shares has members',
      'write `shared by group` after the service, or leave the limit out',
    );
    return undefined;
  }
  if (keptAtMost && !rollover) {
    report(
      'misplaced-clause',
      keptAtMost.span,
      'nothing of this allowance is kept, so there is nothing to limit',
      'write `rolls over 1 cycle` before it, or `per member` after it',
    );
    return undefined;
  }
  const atMostPerMember = perMember && expectPositive(perMember, measure, `use of ${service.name}`, report);
  const rolloverAtMost = keptAtMost && expectPositive(keptAtMost, measure, `use of ${service.name}`, report);
  if ((perMember && atMostPerMember === undefined) || (keptAtMost && rolloverAtMost === undefined)) return undefined;
  return {
    ...(shared && { sharedByGroup: atMostPerMember === undefined ? {} : { atMostPerMember } }),
    ...(rolloverAtMost !== undefined && { rolloverAtMost }),
  };
}

/** `to home or eu`, as a condition. */
function toDestinations({ clause, placed }: AllowanceBlock, { book }: Scene): Condition[] | undefined {
  const known = knownDestinations(clause.to, { book, report: placed.report });
  if (!known) return undefined;
  const { fact, among } = known;
  const [only] = among;
  return among.length === 1 && only !== undefined
    ? [{ fact, operator: 'equal', value: only }]
    : [{ fact, operator: 'in', value: among }];
}

/** What is written, however it is spaced, broken and commented. */
function wordsOf(text: string): string {
  return text.replace(/#[^\r\n]*/g, ' ').replace(/\s+/g, ' ');
}
