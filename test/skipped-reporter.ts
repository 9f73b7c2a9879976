import type { Reporter, TestModule } from 'vitest/node';

/** Says at the end, by name, which tests were skipped: without a browser on the machine those that need one. */
export const skippedReporter: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => `${module.relativeModuleId}: ${test.fullName}`),
    );
    if (skipped.length > 0)
      console.log(`\n${skipped.length} tests skipped:\n${skipped.map((name) => `  ${name}`).join('\n')}`);
  },
};
