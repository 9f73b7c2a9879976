/** How often something may be tried, counted by who tries it, in a window that slides with time. */
export interface AttemptLimit {
  /** Counts an attempt. If there have been too many, it is not counted: milliseconds until another one is let in. */
  readonly attempt: (who: string) => number | undefined;
  /** Uncounts the latest attempt: it turned out to be a rightful one. */
  readonly takeBack: (who: string) => void;
}

/**
 * Memory is bounded: `mostAttempts` instants for each of the `mostCallers` who tried last.
 *
 * @param now milliseconds that have really passed since some moment; never a clock that stands still or goes back.
 */
export function createAttemptLimit(
  limits: { readonly mostAttempts: number; readonly windowMs: number; readonly mostCallers: number },
  now: () => number,
): AttemptLimit {
  const attempts = new Map<string, readonly number[]>();

  /** Puts the caller last in the map, which keeps its order: the first is the one not seen for longest. */
  function remember(who: string, instants: readonly number[]): void {
    attempts.delete(who);
    if (instants.length > 0) attempts.set(who, instants);
    const [longestAgo] = attempts.keys();
    if (attempts.size > limits.mostCallers && longestAgo !== undefined) attempts.delete(longestAgo);
  }

  return {
    attempt: (who) => {
      const at = now();
      const recent = (attempts.get(who) ?? []).filter((instant) => instant > at - limits.windowMs);
      const [first] = recent;
      const isFull = first !== undefined && recent.length >= limits.mostAttempts;
      remember(who, isFull ? recent : [...recent, at]);
      return isFull ? first + limits.windowMs - at : undefined;
    },
    takeBack: (who) => remember(who, (attempts.get(who) ?? []).slice(0, -1)),
  };
}
