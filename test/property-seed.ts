/**
 * Where `PROPERTY_SEED` is set, every property draws its cases from it: equal code is then judged by equal cases, and what is
 * red is red again. Without it each run draws new ones.
 */
const seed = process.env.PROPERTY_SEED;
// Most test files have no property: without a seed they need not wait for the library.
if (seed !== undefined) {
  if (!/^\d+$/.test(seed)) throw new Error(`PROPERTY_SEED is a whole number, not "${seed}"`);
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ seed: Number(seed) });
}
