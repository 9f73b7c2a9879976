import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../dsl/catalogue.ts';
import { compileRules } from '../../dsl/compile.ts';
import { diagnosticsAsSarif, helpByCode } from '../../dsl/sarif.ts';
import { readText, source } from './sources.ts';

/** What code hosts need of SARIF 2.1.0, taken from its specification (§3.13 to §3.30). */
const essential = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    version: { const: '2.1.0' },
    $schema: { type: 'string' },
    runs: { type: 'array', items: { $ref: '#/definitions/run' } },
  },
  definitions: {
    run: {
      type: 'object',
      required: ['tool', 'results'],
      properties: {
        tool: {
          type: 'object',
          required: ['driver'],
          properties: {
            driver: {
              type: 'object',
              required: ['name', 'rules'],
              properties: { rules: { type: 'array', uniqueItems: true, items: { $ref: '#/definitions/descriptor' } } },
            },
          },
        },
        columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
        results: { type: 'array', items: { $ref: '#/definitions/result' } },
      },
      additionalProperties: false,
    },
    descriptor: {
      type: 'object',
      required: ['id', 'help', 'defaultConfiguration'],
      properties: {
        help: { type: 'object', required: ['text'] },
        defaultConfiguration: { properties: { level: { $ref: '#/definitions/level' } } },
      },
    },
    level: { enum: ['none', 'note', 'warning', 'error'] },
    result: {
      type: 'object',
      required: ['ruleId', 'ruleIndex', 'level', 'message', 'locations'],
      properties: {
        level: { $ref: '#/definitions/level' },
        message: { type: 'object', required: ['text'] },
        locations: {
          type: 'array',
          items: {
            type: 'object',
            required: ['physicalLocation'],
            properties: {
              physicalLocation: {
                type: 'object',
                required: ['artifactLocation', 'region'],
                properties: { region: { $ref: '#/definitions/region' } },
              },
            },
          },
        },
      },
    },
    region: {
      type: 'object',
      required: ['startLine', 'startColumn', 'endLine', 'endColumn'],
      additionalProperties: { type: 'integer', minimum: 0 },
    },
  },
};

const options = { version: '1.2.3', folder: 'rules', help: helpByCode(readText('dsl/ERRORS.md')) };
const faulty = source(
  'plan flex "Flex" in EUR, round half even per line, split at boundaries\n' +
    '  fee "Line rental" 12.00 EUR monthly in advance\n' +
    '  fee "Roaming" 3.00 EUR monthly in advance\n\n' +
    'discount spring\n  when cycle.dta > 50 GB\n  take 5% off all charges\n',
);

describe('Diagnostics as SARIF', () => {
  const { diagnostics } = compileRules(faulty);
  const log = diagnosticsAsSarif(diagnostics, options);
  const [run] = log.runs;

  it('have the shape that code hosts read', () => {
    const validate = new Ajv({ strict: false }).compile(essential);
    expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  });

  it('stand at the exact words, under the path of the repository, with the remedy', () => {
    expect(run?.results).toMatchObject([
      {
        ruleId: 'unknown-fact',
        ruleIndex: Object.keys(catalogue).indexOf('unknown-fact'),
        level: 'error',
        message: { text: 'there is no fact `cycle.dta`; did you mean `cycle.data`?' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'rules/example.rules' },
              region: { startLine: 6, startColumn: 8, endLine: 6, endColumn: 17, charOffset: 188, charLength: 9 },
            },
          },
        ],
      },
    ]);
  });

  it('bring the fix along where one is certain', () => {
    const [fixed] = diagnosticsAsSarif(diagnostics, { ...options, folder: '' }).runs[0]?.results ?? [];
    const change = { deletedRegion: { charOffset: 188, charLength: 9 }, insertedContent: { text: 'cycle.data' } };
    expect(fixed?.fixes).toEqual([
      {
        description: { text: 'write `cycle.data`' },
        artifactChanges: [{ artifactLocation: { uri: 'example.rules' }, replacements: [change] }],
      },
    ]);
  });

  it('carry for every code of the catalogue what ERRORS.md says of it, with its severity', () => {
    const described = run?.tool.driver.rules ?? [];
    expect(described.map(({ id }) => id)).toEqual(Object.keys(catalogue));
    for (const { id, help } of described) expect(help.markdown, id).toContain('```rules');
    expect(described.find(({ id }) => id === 'unused-table')?.defaultConfiguration.level).toBe('warning');
  });
});
