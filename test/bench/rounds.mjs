// Variants of the same work, timed in turns. What each pass found is summed up and compared, so that no work can be left out.

/** A variant that is done in a moment goes through its cases again, so that a round is long enough to be timed. */
const leastSeconds = 0.5;

/**
 * Cases a second of each variant, round by round; a first round warms up and does not count.
 *
 * @param variants {name, pass}: `pass` goes through all cases once and returns a number that says what it found.
 */
export async function timeInTurns(variants, cases, rounds) {
  const rates = new Map(variants.map((variant) => [variant, []]));
  const found = new Map();
  for (let round = 0; round <= rounds; round += 1) {
    for (const variant of variants) {
      const rate = await timeRound(variant, cases, found);
      if (round > 0) rates.get(variant).push(rate);
    }
  }
  return rates;
}

/** Two rows for each variant: median and best decile of its rounds. */
export function ratesAsRows(rates, unit) {
  return [...rates].flatMap(([{ name }, values]) => [
    { name: `${name}, median`, value: quantile(values, 0.5), unit },
    { name: `${name}, best decile`, value: quantile(values, 0.9), unit },
  ]);
}

/** The nearest value at or above the share. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}

async function timeRound(variant, cases, found) {
  const started = performance.now();
  let passes = 0;
  let seconds = 0;
  while (seconds < leastSeconds) {
    const sum = await variant.pass();
    if (!found.has(variant)) found.set(variant, sum);
    if (sum !== found.get(variant))
      throw new Error(`${variant.name} found ${sum} after ${found.get(variant)} on the same facts`);
    passes += 1;
    seconds = (performance.now() - started) / 1000;
  }
  return (passes * cases) / seconds;
}
