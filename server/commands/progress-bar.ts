import { Presets, SingleBar } from 'cli-progress';

export interface ProgressBar {
  readonly update: (done: number, total: number) => void;
  readonly end: (note?: string) => void;
}

/**
 * A step's progress with rate and time left: a bar in a terminal; elsewhere a line when it starts, at most one every two
 * seconds, and one when it ends, so that a log says the same.
 */
export function startBar(title: string, unit: string): ProgressBar {
  const started = performance.now();
  let last = { done: 0, total: 0 };
  let first: { done: number; at: number } | undefined;
  const show = process.stdout.isTTY ? terminalBar(title, unit) : plainLines(title, unit);
  return {
    update: (done, total) => {
      last = { done, total };
      first ??= { done, at: performance.now() };
      show.update(done, total, perSecond(first, done));
    },
    end: (note) => {
      show.end();
      const seconds = (performance.now() - started) / 1000;
      const rate =
        last.done > 0
          ? `${counted(last.done, unit)}, ${count(Math.round(last.done / Math.max(seconds, 0.001)))}/s`
          : '';
      console.log(
        `✓ ${title.padEnd(30)} ${`${seconds.toFixed(1)} s`.padStart(7)}  ${[rate, note].filter(Boolean).join(', ')}`,
      );
    },
  };
}

interface Display {
  readonly update: (done: number, total: number, perSecond: number) => void;
  readonly end: () => void;
}

function terminalBar(title: string, unit: string): Display {
  const bar = new SingleBar(
    {
      format: `  ${title.padEnd(30)} {bar} {percentage} % | {done} of {all} | {rate}/s | {left} left`,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    },
    Presets.shades_classic,
  );
  bar.start(1, 0, { done: '0', all: `… ${unit}`, rate: '…', left: '…' });
  return {
    update: (done, total, rate) => {
      bar.setTotal(Math.max(1, total));
      bar.update(done, {
        done: count(done),
        all: counted(total, unit),
        rate: count(Math.round(rate)),
        left: timeLeft(total - done, rate),
      });
    },
    end: () => bar.stop(),
  };
}

function plainLines(title: string, unit: string): Display {
  console.log(`▸ ${title}`);
  let shownAt = performance.now();
  return {
    update: (done, total, rate) => {
      if (done >= total || performance.now() - shownAt < 2_000) return;
      shownAt = performance.now();
      console.log(
        `  ${title.padEnd(30)} ${count(done)} of ${counted(total, unit)}, ${count(Math.round(rate))}/s, ${timeLeft(total - done, rate)} left`,
      );
    },
    end: () => {},
  };
}

function perSecond(first: { readonly done: number; readonly at: number }, done: number): number {
  const seconds = (performance.now() - first.at) / 1000;
  return seconds > 0 ? (done - first.done) / seconds : 0;
}

function timeLeft(rest: number, rate: number): string {
  return rate > 0 ? `${Math.ceil(Math.max(0, rest) / rate)} s` : '…';
}

/** "1 report", "2 reports"; `unit` is the plural. */
function counted(value: number, unit: string): string {
  return `${count(value)} ${value === 1 ? unit.replace(/s$/, '') : unit}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
