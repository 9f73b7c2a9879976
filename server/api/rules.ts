import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import type { Compilation } from '../../dsl/compile.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { projectFolder } from '../folders.ts';
import { compileFolder } from '../rules/compile-folder.ts';
import { hashText, isWritable, readRuleFolder, ruleFolderLimits, writeRuleFile } from '../rules/rule-folder.ts';
import { runTests } from '../rules/run-tests.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { problem, withProblems } from './problem.ts';

export const rulesBodyLimit = 2 * ruleFolderLimits.fileBytes;

/** Files of an editor that are not saved yet: they stand in for the folder's. */
export const overridesSchema = Type.Optional(
  Type.Array(
    Type.Object({ path: Type.String({ maxLength: 200 }), text: Type.String() }, { additionalProperties: false }),
    { maxItems: 200 },
  ),
);
export const diagnosticsSchema = Type.Array(
  Type.Unsafe<Diagnostic>(
    Type.Object({}, { additionalProperties: true, description: 'A fault in rule text, with its place and a remedy' }),
  ),
);
const ruleSetSchema = Type.Union([Type.String({ description: 'Hash of the rule set' }), Type.Null()]);
const checked = Type.Object({ ruleSet: ruleSetSchema, diagnostics: diagnosticsSchema });

/** Reading, saving, checking, testing and releasing the rule files. */
export function rulesRoutes(api: Api, { released }: ApiDeps): void {
  fileRoutes(api, released.folder);
  checkRoutes(api, released.folder);
  releaseRoute(api, released);
  schemaRoute(api);
}

/** Whoever reads compiled rules finds here what they consist of. */
function schemaRoute(api: Api): void {
  api.get(
    '/v1/rules/schema',
    {
      schema: {
        summary: 'The JSON Schema of the compiled rule set, as `ratebook compile` writes it',
        produces: ['application/schema+json'],
      },
    },
    async (_, reply) =>
      reply
        .type('application/schema+json; charset=utf-8')
        .send(await readFile(join(projectFolder, 'engine/rule-set.schema.json'), 'utf8')),
  );
}

function fileRoutes(api: Api, folder: string): void {
  const listing = Type.Object({
    ruleSet: ruleSetSchema,
    writable: Type.Boolean(),
    files: Type.Array(Type.Object({ path: Type.String(), text: Type.String(), hash: Type.String() })),
    diagnostics: diagnosticsSchema,
  });
  api.get(
    '/v1/rules',
    { schema: { summary: 'The rule files, with what is wrong in them', response: withProblems({ 200: listing }) } },
    async () => {
      const [source, compilation, writable] = await Promise.all([
        readRuleFolder(folder),
        compileFolder(folder),
        isWritable(folder),
      ]);
      return {
        ...resultOf(compilation),
        writable,
        files: source.files.map((file) => ({ ...file, hash: hashText(file.text) })),
      };
    },
  );

  const body = Type.Object(
    {
      text: Type.String(),
      hash: Type.Optional(
        Type.String({ description: 'Hash of the text that was edited; leave it out for a new file' }),
      ),
    },
    { additionalProperties: false },
  );
  const saved = Type.Object({ path: Type.String(), hash: Type.String() });
  api.put(
    '/v1/rules/files/*',
    {
      bodyLimit: rulesBodyLimit,
      schema: { summary: 'Save one rule file', body, response: withProblems({ 200: saved }) },
    },
    async (request) => {
      // No schema for it: TypeBox takes the name of a converted property for a pattern, and `*` is none.
      const path = (request.params as { readonly '*': string })['*'];
      const result = await writeRuleFile(folder, path, request.body.text, request.body.hash);
      if (result.kind === 'refused')
        throw problem('invalid-parameter', `${path}: ${result.reason}`, {
          errors: [{ pointer: '#/path', detail: result.reason }],
        });
      if (result.kind === 'changed meanwhile')
        throw problem(
          'file-changed',
          `${path} ${result.hash === undefined ? 'is not there' : 'holds another text'} than the one edited`,
          { hash: result.hash ?? null },
        );
      return { path, hash: result.hash };
    },
  );
}

function checkRoutes(api: Api, folder: string): void {
  const files = Type.Object({ files: overridesSchema }, { additionalProperties: false });
  const withFiles = { bodyLimit: rulesBodyLimit };
  api.post(
    '/v1/rules/check',
    {
      ...withFiles,
      schema: { summary: 'Check rules that are not saved yet', body: files, response: withProblems({ 200: checked }) },
    },
    async (request) => resultOf(await compileFolder(folder, request.body.files)),
  );

  api.post(
    '/v1/rules/test',
    {
      ...withFiles,
      schema: { summary: 'Run the tests of the rules', body: files, response: withProblems({ 200: testReport }) },
    },
    async (request) => reportTests(await compileFolder(folder, request.body.files)),
  );
}

function releaseRoute(api: Api, released: ApiDeps['released']): void {
  const body = Type.Object(
    { despiteFailingTests: Type.Optional(Type.Boolean({ description: 'Release although tests of the rules fail' })) },
    { additionalProperties: false },
  );
  api.post(
    '/v1/rules/release',
    {
      schema: {
        summary: 'Put the saved rules in force, if their tests pass',
        body,
        response: withProblems({ 200: checked }),
      },
      // Whoever has nothing to add sends no body.
      preValidation: async (request) => {
        request.body ??= {};
      },
    },
    async (request) => {
      if (request.body.despiteFailingTests !== true) await refuseFailingTests(released.folder);
      const compilation = await released.release();
      if (compilation.ruleSet === undefined)
        throw problem('rules-have-errors', 'The rules in the folder do not compile', {
          diagnostics: compilation.diagnostics,
        });
      return resultOf(compilation);
    },
  );
}

/**
 * Rules that contradict their own tests are not put in force by accident.
 *
 * @throws ProblemError `tests-fail` with how many fail, and the first failures with their places.
 */
async function refuseFailingTests(folder: string): Promise<void> {
  const { passed, failed, tests } = await reportTests(await compileFolder(folder));
  if (failed === 0) return;
  const failures = tests.flatMap(({ name, file, failures }) => failures.map((failure) => ({ name, file, ...failure })));
  const [first] = failures;
  const place =
    first === undefined
      ? ''
      : `; the first: ${first.file}:${first.line} expected ${first.expected}, got ${first.actual}`;
  throw problem('tests-fail', `${failed} of ${failed + passed} tests fail${place}`, {
    ...{ passed, failed, failures: failures.slice(0, mostFailures) },
  });
}

const mostFailures = 5;

const testReport = Type.Object({
  passed: Type.Integer(),
  failed: Type.Integer(),
  tests: Type.Array(
    Type.Object({
      name: Type.String(),
      file: Type.String(),
      line: Type.Integer(),
      passed: Type.Boolean(),
      failures: Type.Array(Type.Object({ line: Type.Integer(), expected: Type.String(), actual: Type.String() })),
    }),
  ),
  diagnostics: diagnosticsSchema,
});

/** Rules with errors have no tests to run: `diagnostics` says why. */
async function reportTests(compilation: Compilation) {
  const results = (await runTests(compilation))?.results ?? [];
  const tests = results.map(({ name, at, passed, failures }) => ({
    name,
    file: at.file,
    line: at.line,
    passed,
    failures: failures.map((failure) => ({
      line: failure.at.line,
      expected: failure.expected,
      actual: failure.actual,
    })),
  }));
  const passed = tests.filter((test) => test.passed).length;
  return { passed, failed: tests.length - passed, tests, diagnostics: [...compilation.diagnostics] };
}

function resultOf(compilation: Compilation) {
  return { ruleSet: compilation.ruleSet?.hash ?? null, diagnostics: [...compilation.diagnostics] };
}
