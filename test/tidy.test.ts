import { describe, expect, it } from 'vitest';
import { catalogue } from '../dsl/catalogue.ts';
import { exceptionCatalogue } from '../engine/exceptions.ts';
import { type BusinessEventName, businessEvents } from '../engine/vocabulary.ts';
import { type ProblemName, problems, problemType } from '../server/api/problem.ts';
import { cloudEventType } from '../server/engagement/event-types.ts';
import { metrics } from '../server/report/metrics.ts';
import { quarantineReasons } from '../server/usage/quarantine-reasons.ts';
import {
  differences,
  headingNames,
  settingsRead,
  tableNames,
  unionLiterals,
  unlockedPackages,
  unprovoked,
} from './tidy/catalogues.ts';
import { deadFiles, importCircles, wrongDirections } from './tidy/imports.ts';
import { codeRooms, inRooms, type ProjectFile, parseCode, readProject } from './tidy/project-files.ts';
import * as style from './tidy/style.ts';

const files = readProject();
const code = parseCode(files);
const fileAt = (path: string) => files.find((file) => file.path === path);

/** Each finding says where, what, and what to do; there must be none. */
function expectNone(findings: readonly string[]): void {
  expect(findings).toEqual([]);
}

describe('The rooms', () => {
  it('import each other in one direction only, and the pure ones import nothing of Node', () =>
    expectNone(wrongDirections(code)));
  it('have no files that import each other in a circle', () => expectNone(importCircles(code)));
  it('have no dead files', () => expectNone(deadFiles(files, code)));
  it('each say what they are', () => expectNone(style.roomsWithoutReadme(files)));
  it('are all there is at the top level, beside what every repository has', () =>
    expectNone(style.strangersAtTheTop(files)));
});

describe('The documents', () => {
  it('name no file that is not there', () => expectNone(style.brokenReferences(files)));
});

describe('The code', () => {
  it('stands in files of at most 400 lines', () => expectNone(style.longFiles(files)));
  it('stands in functions of at most 70 lines', () => expectNone(style.longFunctions(code)));
  it('exports everything by its name', () => expectNone(style.defaultExports(code)));
  it('is imported from where it stands', () => expectNone(style.barrels(code)));
  it('says the type of everything', () => expectNone(style.anyTypes(code)));
  it('calls things by what they are', () => expectNone(style.vagueNames(code)));
  it('stands in files named in kebab-case', () => expectNone(style.wrongFileNames(files)));
  it('holds no notes to oneself and, where it is pure, prints nothing', () => expectNone(style.leftovers(code)));
  it('names no path of one machine', () => expectNone(style.machinePaths(files)));
});

describe('The catalogues', () => {
  it('describe every diagnostic of the language and no other', () => {
    expectNone(
      differences('diagnostic', Object.keys(catalogue), 'dsl/ERRORS.md', headingNames(fileAt('dsl/ERRORS.md'))),
    );
  });

  it('describe every exception and no other, and a test provokes each', () => {
    const codes = unionLiterals(
      code.find((file) => file.path === 'engine/exception-codes.ts'),
      'ExceptionCode',
    );
    expectNone([
      ...differences('exception', codes, 'engine/exceptions.ts', Object.keys(exceptionCatalogue)),
      ...unprovoked('exception', codes, files),
    ]);
  });

  it('describe every quarantine reason and no other, and a test provokes each', () => {
    const reasons = Object.keys(quarantineReasons);
    expectNone([
      ...differences(
        'quarantine reason',
        reasons,
        'server/README.md',
        tableNames(fileAt('server/README.md'), 'Quarantine reasons'),
      ),
      ...unprovoked('quarantine reason', reasons, files),
    ]);
  });

  it('describe every business event and no other, and a test provokes each', () => {
    const names = businessEvents.map((event) => event.name);
    expectNone([
      ...differences(
        'business event',
        names,
        'server/README.md',
        tableNames(fileAt('server/README.md'), 'Business events'),
      ),
      ...unprovoked('business event', names, files, (name) => [name, cloudEventType(name as BusinessEventName)]),
    ]);
  });

  it('describe every metric and no other, and a test computes each', () => {
    const names = Object.keys(metrics);
    expectNone([
      ...differences('metric', names, 'server/README.md', tableNames(fileAt('server/README.md'), 'Metrics')),
      ...unprovoked('metric', names, files),
    ]);
  });

  it('hold every problem of the API, and a test provokes each', () => {
    const names = Object.keys(problems) as ProblemName[];
    expectNone(unprovoked('problem', names, files, (name) => [name, problemType(name as ProblemName)]));
  });

  it('describe every setting of the environment and no other', () => {
    const read = settingsRead(inRooms(code, [...codeRooms, 'test']));
    expectNone(differences('setting', read, 'README.md', tableNames(fileAt('README.md'), 'Settings')));
  });

  it('give a reason for every dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(fileAt('package.json')?.text ?? '{}');
    const named = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'));
    expectNone(
      differences('dependency', named, 'ARCHITECTURE.md', tableNames(fileAt('ARCHITECTURE.md'), 'Dependencies')),
    );
  });
});

describe('The lock file', () => {
  it('names versions and checksums but no download addresses', () => {
    expect(fileAt('package-lock.json')?.text).not.toMatch(/"resolved"/);
  });
  it('locks everything that is asked for, so that a fresh clone can be installed', () => {
    expectNone(unlockedPackages(JSON.parse(fileAt('package-lock.json')?.text ?? '{}')));
  });
});

describe('These checks', () => {
  const bad = (path: string, text: string): ProjectFile => ({ path, text });
  const sample = [
    bad(
      'engine/a.ts',
      "import { b } from './b.ts';\nimport fs from 'node:fs';\nimport { x } from '../server/x.ts';\nexport const a: any = b;\n",
    ),
    bad(
      'engine/b.ts',
      "import { a } from './a.ts';\nimport { Engine } from 'json-rules-engine';\nexport default a;\nconsole.log(Engine);\n",
    ),
    bad(
      'dsl/Deep.ts',
      "import { a } from '../engine/a.ts';\nexport { a } from './deep.ts'; // TODO\nexport interface RuleManager { readonly at: '/root/rules' }\n",
    ),
    bad('server/x.ts', `export function long() {\n${'  a();\n'.repeat(70)}}\n${'\n'.repeat(330)}let x;\n`),
    bad('docs/guide.md', 'See [that](../engine/c.ts) and [this](../engine/a.ts#x).\nAlso `server/y.ts`, `engine/`.\n'),
  ];
  const parsed = parseCode(sample);

  it.each([
    ['directions', wrongDirections(parsed), ['engine/a.ts:2', 'engine/a.ts:3', 'engine/b.ts:2', 'dsl/Deep.ts:1']],
    ['circles', importCircles(parsed), ['engine/a.ts → engine/b.ts → engine/a.ts']],
    ['dead files', deadFiles(sample, parsed), ['engine/a.ts', 'engine/b.ts', 'dsl/Deep.ts', 'server/x.ts']],
    ['long files', style.longFiles(sample), ['server/x.ts: 403']],
    ['long functions', style.longFunctions(parsed), ['server/x.ts:1: long() has 72']],
    ['default exports', style.defaultExports(parsed), ['engine/b.ts:3']],
    ['barrels', style.barrels(parsed), ['dsl/Deep.ts:2']],
    ['any', style.anyTypes(parsed), ['engine/a.ts:4']],
    ['vague names', style.vagueNames(parsed), ['dsl/Deep.ts:3']],
    ['file names', style.wrongFileNames(sample), ['dsl/Deep.ts']],
    ['leftovers', style.leftovers(parsed), ['engine/b.ts:4', 'dsl/Deep.ts:2']],
    ['machine paths', style.machinePaths(sample), ['dsl/Deep.ts:3']],
    ['top level', style.strangersAtTheTop(sample), ['docs']],
    [
      'differences',
      differences('thing', ['a', 'b'], 'X.md', ['b', 'c']),
      ['X.md: does not describe the thing a', 'X.md: describes the thing c'],
    ],
    [
      'unlocked packages',
      unlockedPackages({
        packages: { '': { dependencies: { a: '1' } }, 'node_modules/a': { optionalDependencies: { b: '1' } } },
      }),
      ['package-lock.json: node_modules/a asks for b'],
    ],
    ['unprovoked', unprovoked('thing', ['no-rate'], sample), ['test/: no test provokes the thing no-rate']],
  ])('find what they are made to find: %s', (_, findings, expected) => {
    expect(findings.map((finding, index) => finding.startsWith(expected[index] ?? '\0') || finding)).toEqual(
      expected.map(() => true),
    );
  });
});
