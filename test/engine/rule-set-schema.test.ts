import { Ajv } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import type { RuleSource } from '../../dsl/source.ts';
import { project, readText, referenceRules, shippedRules, withHolidays } from '../dsl/sources.ts';

const published = JSON.parse(readText('engine/rule-set.schema.json'));
const validate = new Ajv({ allowUnionTypes: true }).compile(published);

/** Through JSON, as the document is written and read. */
function compiled(source: RuleSource): unknown {
  const { ruleSet, diagnostics } = compileRules(source, withHolidays);
  if (!ruleSet) throw new Error(JSON.stringify(diagnostics.slice(0, 3)));
  return JSON.parse(JSON.stringify(ruleSet));
}

describe('The schema of the compiled rule set', () => {
  it('is what the types give: `npm run schema` writes it anew', () => {
    const generated = createGenerator({
      path: `${project}engine/rule-set.ts`,
      tsconfig: `${project}tsconfig.json`,
      type: 'RuleSet',
      schemaId: published.$id,
      topRef: false,
      skipTypeCheck: true,
    }).createSchema('RuleSet');
    expect(JSON.parse(JSON.stringify(generated))).toEqual(published);
  }, 60_000);

  it('accepts the shipped rules', () => {
    expect(validate(compiled(shippedRules())), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  });

  it('accepts the rulebook of the language reference', () => {
    expect(validate(compiled(referenceRules())), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  });

  it('refuses what is no rule set: an unknown operator, a word too many, another format', () => {
    const document = compiled(shippedRules()) as {
      format: string;
      extra?: number;
      decisions: { rules: { conditions: unknown }[] }[];
    };
    expect(validate({ ...document, format: 'ratebook/rule-set/0' })).toBe(false);
    expect(validate({ ...document, extra: 1 })).toBe(false);
    const [first] = document.decisions[0]?.rules ?? [];
    if (!first) throw new Error('There is no rule.');
    first.conditions = { all: [{ fact: 'cycle.data', operator: 'roughly', value: 1 }] };
    expect(validate(document)).toBe(false);
  });
});
