/**
 * Which of some media types a client would rather have, by its header Accept (RFC 9110, 12.5.1); the first of them where it
 * has no wish, undefined where it wants none of them.
 */
export function preferredType<T extends string>(accept: string | undefined, types: readonly T[]): T | undefined {
  if (accept === undefined || accept.trim() === '') return types[0];
  const wishes = accept.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { range, q: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
  });
  const weightOf = (type: string) => {
    const fitting = [type, `${type.split('/')[0]}/*`, '*/*'].flatMap(
      (range) => wishes.find((wish) => wish.range === range) ?? [],
    );
    return fitting[0]?.q ?? 0;
  };
  let best: T | undefined;
  for (const type of types) {
    if (weightOf(type) > (best === undefined ? 0 : weightOf(best))) best = type;
  }
  return best;
}
