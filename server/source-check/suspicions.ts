/** The faults that a file of usage is searched for: each says what it would make of the past. */
import type { Counts, Suspicion } from './score.ts';

/** What is counted of each record, and what faults show in it. */
export const features: Readonly<Record<Feature, readonly Suspicion[]>> = {
  size: [...factors(), { asIf: 'as if quantities had been scattered', shares: scattered }],
  hour: Array.from({ length: 24 }, (_, index) => clockOff(index < 12 ? index - 12 : index - 11)),
  partner: [{ asIf: 'as if calls and messages were those of other subscribers', shares: partnersOfOthers }],
  overlap: [{ asIf: 'as if calls or sessions of one number ran at the same time', shares: () => ({ yes: 1 }) }],
  own: [{ asIf: 'as if numbers had been mixed up: the served number is at neither end', shares: () => ({ other: 1 }) }],
  refused: [{ asIf: 'as if lines had been damaged: they wait in quarantine', shares: () => ({ yes: 1 }) }],
};

/**
 * `size`: steps of √2 from the subscription's usual quantity. `hour`: local hour of the start; `before` and `after` the file's day.
 * `partner`: who is at the other end. `overlap`: another of the same line at the same time. `own`: what stands at the
 * subscriber's end. `refused`: lines in quarantine.
 */
export type Feature = 'size' | 'hour' | 'partner' | 'overlap' | 'own' | 'refused';

/** Steps of √2: from four times to 4,096 times too large or too small. */
function factors(): readonly Suspicion[] {
  const steps = Array.from({ length: 21 }, (_, index) => index + 4);
  return [...steps, ...steps.map((step) => -step)].map((step) => ({
    asIf: `as if quantities were ${factorInWords(2 ** (Math.abs(step) / 2))} times too ${step > 0 ? 'large' : 'small'}`,
    shares: (past) => moved(past, step),
  }));
}

/** Units are mistaken for each other by factors that people know. */
function factorInWords(factor: number): string {
  const known = [60, 1000].find((one) => Math.abs(Math.log2(one / factor)) <= 0.26);
  return known ? String(known) : `about ${Math.round(factor)}`;
}

function moved(past: Counts, steps: number): Counts {
  return Object.fromEntries(Object.entries(past).map(([bin, share]) => [String(Number(bin) + steps), share]));
}

/** Each quantity may be anything from an eighth to eight times what it was. */
function scattered(past: Counts): Counts {
  const shares: Record<string, number> = {};
  for (const [bin, share] of Object.entries(past)) {
    for (let step = -6; step <= 6; step++) {
      const to = String(Number(bin) + step);
      shares[to] = (shares[to] ?? 0) + share / 13;
    }
  }
  return shares;
}

function clockOff(hours: number): Suspicion {
  const shares = (past: Counts): Counts => {
    const changed: Record<string, number> = {};
    for (const [bin, share] of Object.entries(past)) {
      const hour = Number(bin) + hours;
      const to = Number.isNaN(hour) ? bin : hour < 0 ? 'before' : hour > 23 ? 'after' : String(hour);
      changed[to] = (changed[to] ?? 0) + share;
    }
    return changed;
  };
  const many = Math.abs(hours) === 1 ? 'an hour' : `${Math.abs(hours)} hours`;
  return { asIf: `as if the clock were ${many} ${hours > 0 ? 'ahead' : 'behind'}`, shares };
}

/** What somebody used to call is then called by somebody else. */
function partnersOfOthers({ known = 0, theirs = 0, ...others }: Counts): Counts {
  return { ...others, theirs: known + theirs };
}
