/** Data from the server as React state: loading, failed or ready, and never an answer to an older question. */
import { useCallback, useEffect, useState } from 'react';
import type { Answer, Page, Problem } from '../api.ts';

export type Resource<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'ready'; readonly value: T };

/**
 * Loads anew whenever `key` changes or `reload` is called. What was there stays until the next answer comes, so that a
 * list does not flicker while somebody types; pages about one thing are keyed by it and start afresh.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<Answer<T>>,
): { readonly resource: Resource<T>; readonly reload: () => void; readonly replace: (value: T) => void } {
  const [held, setHeld] = useState<{ readonly key: string; readonly resource: Resource<T> }>({
    key,
    resource: { kind: 'loading' },
  });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says what `load` loads; the closure is new on every render.
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then((answer) => {
      if (!abort.signal.aborted) setHeld({ key, resource: resourceOf(answer) });
    });
    return () => abort.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  const replace = useCallback((value: T) => setHeld({ key, resource: { kind: 'ready', value } }), [key]);
  return { resource: held.resource, reload, replace };
}

export interface PagedResource<T> {
  readonly resource: Resource<readonly T[]>;
  readonly total: number | undefined;
  /** Absent on the last page. */
  readonly more: (() => void) | undefined;
  readonly loadingMore: boolean;
  readonly reload: () => void;
  /** Puts a changed item in the place of the one that `same` recognises. */
  readonly change: (same: (item: T) => boolean, item: T) => void;
}

/** A list that comes in pages; `load` gets the cursor of the page wanted. */
export function usePages<T>(
  key: string,
  load: (after: string | undefined, signal?: AbortSignal) => Promise<Answer<Page<T>>>,
): PagedResource<T> {
  const { resource, reload, replace } = useResource(key, (signal) => load(undefined, signal));
  const [loadingMore, setLoadingMore] = useState(false);
  const page = resource.kind === 'ready' ? resource.value : undefined;
  const next = page?.next ?? undefined;
  const more = async () => {
    setLoadingMore(true);
    const answer = await load(next);
    setLoadingMore(false);
    if (answer.ok && page) replace({ ...answer.value, items: [...page.items, ...answer.value.items] });
  };
  return {
    resource: resource.kind === 'ready' ? { kind: 'ready', value: resource.value.items } : resource,
    total: page?.total,
    more: next === undefined ? undefined : more,
    loadingMore,
    reload,
    change: (same, item) => {
      if (page) replace({ ...page, items: page.items.map((other) => (same(other) ? item : other)) });
    },
  };
}

function resourceOf<T>(answer: Answer<T>): Resource<T> {
  return answer.ok ? { kind: 'ready', value: answer.value } : { kind: 'failed', problem: answer.problem };
}
