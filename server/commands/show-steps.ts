import type { BillRunView } from '../api/bill-run-view.ts';
import type { RunStep } from '../bill-run/bill-run.ts';
import { type ProgressBar, startBar } from './progress-bar.ts';

/** Shows each step of a run as it is seen from one look to the next, whoever works on it. */
export function showSteps(): (view: BillRunView) => void {
  const bars = new Map<string, ProgressBar>();
  const ended = new Set<string>();
  return ({ steps }) => {
    for (const { name, state, done, total, unit } of steps) {
      if (state === 'waiting' || ended.has(name)) continue;
      const bar = bars.get(name) ?? startBar(titles[name as RunStep], unit);
      bars.set(name, bar);
      bar.update(done, total);
      if (state !== 'done') return;
      bar.end();
      ended.add(name);
    }
  };
}

const titles: Readonly<Record<RunStep, string>> = {
  collect: 'Collect usage',
  rate: 'Rate and price',
  validate: 'Validate',
  invoice: 'Invoice',
  check: 'Check against the preview',
  deliver: 'Deliver',
  report: 'Report',
};
