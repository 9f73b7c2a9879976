/** Takes bill runs on behind the answers of a server, each by one worker at a time. */
export interface Runner {
  /** Returns at once. Asked while the run is under way, it is looked at once more afterwards. */
  readonly goOn: (runId: string) => void;
  /** Waits until nothing is under way. */
  readonly idle: () => Promise<void>;
}

/**
 * However many people release accounts at the same time, one worker goes on with their run: each that waited for its turn
 * would hold a connection of the pool.
 */
export function createRunner(
  advance: (runId: string) => Promise<void>,
  onError: (runId: string, error: Error) => void,
): Runner {
  const underWay = new Map<string, { again: boolean; readonly done: Promise<void> }>();
  const work = async (runId: string): Promise<void> => {
    for (;;) {
      await advance(runId).catch((error: Error) => onError(runId, error));
      const entry = underWay.get(runId);
      if (!entry?.again) break;
      entry.again = false;
    }
    underWay.delete(runId);
  };
  return {
    goOn: (runId) => {
      const entry = underWay.get(runId);
      if (entry) entry.again = true;
      else underWay.set(runId, { again: false, done: Promise.resolve().then(() => work(runId)) });
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all([...underWay.values()].map((entry) => entry.done));
    },
  };
}
