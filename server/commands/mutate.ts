import { resolve } from 'node:path';
import { drawMutants } from '../../dsl/mutate/mutants.ts';
import { type MutantTask, startTrying, type TriedMutant } from '../mutate/try-mutants.ts';
import { readRuleFolder } from '../rules/rule-folder.ts';
import { workThrough } from '../threads.ts';
import { startBar } from './progress-bar.ts';

export interface MutateOptions {
  readonly seed: number;
  readonly count: number;
  readonly json?: boolean;
}

/**
 * `ratebook mutate`: spoils the rules at one place at a time and looks whether `check` or a test notices. Lists what
 * nothing noticed: numbers and comparisons that no test protects. The exit code is 0 whatever survives.
 *
 * @throws Error if the rules have errors, or a test of theirs fails.
 */
export async function mutate(folder: string, options: MutateOptions): Promise<void> {
  const source = await readRuleFolder(resolve(folder));
  const mutants = drawMutants(source, options.seed, options.count);
  const module = new URL(
    import.meta.url.endsWith('.ts') ? '../mutate/try-mutants.ts' : '../mutate/try-mutants.js',
    import.meta.url,
  );
  const tasks: readonly MutantTask[] = mutants.map((mutant, index) => ({ index, mutant }));
  const tried: TriedMutant[] = [];
  const bar = options.json ? undefined : startBar('Try the mutants', 'mutants');
  await workThrough({ module, start: startTrying, setup: source, threads: 2 }, tasks, (one) => {
    tried.push(one);
    bar?.update(tried.length, mutants.length);
  });
  bar?.end();
  tried.sort((a, b) => a.index - b.index);
  if (options.json) console.log(JSON.stringify(report(tried, options), null, 2));
  else console.log(showMutants(report(tried, options)));
}

function report(tried: readonly TriedMutant[], { seed }: MutateOptions) {
  const of = (kind: TriedMutant['fate']['kind']) => tried.filter(({ fate }) => fate.kind === kind);
  const mutants = tried.length - of('same').length;
  const survivors = of('survived').map(({ mutant }) => mutant);
  return {
    seed,
    drawn: tried.length,
    same: of('same').length,
    mutants,
    caughtByCheck: of('check').length,
    caughtByTests: of('test').length,
    caughtPercent: mutants === 0 ? 100 : Number(((100 * (mutants - survivors.length)) / mutants).toFixed(2)),
    survivors,
  };
}

function showMutants(result: ReturnType<typeof report>): string {
  const { seed, same, mutants, caughtByCheck, caughtByTests, caughtPercent, survivors } = result;
  const places = [...survivors].sort((a, b) =>
    a.file === b.file ? a.span.start - b.span.start : a.file < b.file ? -1 : 1,
  );
  return [
    ...(survivors.length > 0 ? ['What nothing notices:'] : []),
    ...places.map(
      ({ file, line, column, operator, before, after }) =>
        `  ${file}:${line}:${column}  ${before} → ${after}  (${operator})`,
    ),
    `${mutants} mutants from seed ${seed}: ${caughtByCheck} caught by check, ${caughtByTests} by tests, ${survivors.length} survive; ${caughtPercent} % are caught`,
    ...(same > 0 ? [`${same} more change only how a rule is written: they compile to the same rules`] : []),
  ].join('\n');
}
