/** Allowances: usage included in a plan, and which usage they cover. */
import type { Allowance, Condition, ServiceDefinition } from '../../engine/rule-set.ts';
import { noteFact } from '../check/compare.ts';
import { lowerRule } from '../check/conditions.ts';
import { nearest } from '../check/nearest.ts';
import { expectMeasure, expectPositive } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { AllowanceBlock, Naming } from './plan-blocks.ts';
import { measureOfService } from './price.ts';
import { knownService, type RuleDraft } from './rule.ts';

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

/** `to home or eu`: the values of the table that looks up the number called. */
function toDestinations({ clause, placed }: AllowanceBlock, scene: Scene): Condition[] | undefined {
  const tables = [...scene.book.tables.values()].filter((table) => table.key === 'event.called_number');
  const valuesOf = (name: string) => {
    const type = scene.book.facts.get(name)?.type;
    return type?.kind === 'enum' ? type.values : [];
  };
  const names = clause.to.map(({ text }) => text);
  const table = tables.find(({ name }) => names.every((value) => valuesOf(name).includes(value)));
  if (table) {
    noteFact(table.name, scene);
    const [only] = names;
    const condition: Condition =
      names.length === 1 && only !== undefined
        ? { fact: table.name, operator: 'equal', value: only }
        : { fact: table.name, operator: 'in', value: [...names].sort() };
    return [condition];
  }
  // A table that cannot be read has been reported.
  if (tables.length === 0 && scene.book.lost.size > 0) return undefined;
  const known = tables.flatMap(({ name }) => valuesOf(name));
  const wrong = clause.to.find(({ text }) => !known.includes(text)) ?? clause.to[0];
  const guess = wrong && nearest(wrong.text, known);
  if (wrong)
    placed.report(
      'unknown-value',
      wrong.span,
      `\`${wrong.text}\` is not a destination`,
      guess
        ? `did you mean \`${guess}\`?`
        : `destinations come from a table by event.called_number${known.length > 0 ? `: ${known.join(', ')}` : '; there is none'}`,
    );
  return undefined;
}

/** What is written, however it is spaced, broken and commented. */
function wordsOf(text: string): string {
  return text.replace(/#[^\r\n]*/g, ' ').replace(/\s+/g, ' ');
}
