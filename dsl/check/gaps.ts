/**
 * Gaps: what a list of alternatives leaves without an answer.
 *
 * What is open begins as everything and is cut by one case after the other: along each of its limits the part outside is
 * followed by itself, and the part inside goes on to the next limit. What is left when no case is left is a gap.
 */
import { agree, anyCase, type Case, type View, worldsAt } from './cases.ts';
import { isEmpty, type Limit, meetLimits, minus, wholeOf } from './limits.ts';

export type Coverage =
  | { readonly kind: 'covered' }
  /** Nothing fits here, for certain, unless `despite` says that something opaque may. */
  | { readonly kind: 'gap'; readonly example: Case; readonly despite: boolean }
  /** Too many ways to look at them all. */
  | { readonly kind: 'unclear' };

/** Pieces that are looked at before giving up. */
const mostPieces = 20_000;

/** Whether some case of the alternatives holds everywhere in `within`. */
export function coverageOf(alternatives: readonly Case[], view: View, within: Case = anyCase): Coverage {
  const clear = alternatives.filter(({ opaque }) => !opaque);
  // What takes everything, as `otherwise` does, needs no search, which may be too long among the others.
  if (clear.some(({ limits }) => limits.size === 0)) return { kind: 'covered' };
  const walk: Walk = { clear, view, pieces: 0 };
  const example = openIn(within, 0, walk);
  if (walk.pieces > mostPieces) return { kind: 'unclear' };
  if (!example) return { kind: 'covered' };
  return { kind: 'gap', example, despite: alternatives.some((one) => one.opaque && agree(one, example)) };
}

interface Walk {
  readonly clear: readonly Case[];
  readonly view: View;
  pieces: number;
}

/** A piece of `piece` that none of the cases from `next` on takes. */
function openIn(piece: Case, next: number, walk: Walk): Case | undefined {
  walk.pieces += 1;
  if (walk.pieces > mostPieces) return undefined;
  const index = walk.clear.findIndex((one, position) => position >= next && agree(piece, one));
  const taker = walk.clear[index];
  if (!taker) return piece;
  let inside = piece;
  for (const [fact, limit] of taker.limits) {
    const own = inside.limits.get(fact) ?? whole(fact, limit, walk.view);
    for (const outside of minus(own, limit)) {
      const found = openIn(narrowed(inside, fact, outside), index + 1, walk);
      if (found) return found;
    }
    const both = meetLimits(own, limit);
    // The outside was all there was.
    if (!both || isEmpty(both)) return undefined;
    inside = narrowed(inside, fact, both);
  }
  return undefined;
}

function narrowed(piece: Case, fact: string, limit: Limit): Case {
  return { ...piece, limits: new Map(piece.limits).set(fact, limit) };
}

function whole(fact: string, limit: Limit, view: View): Limit {
  const all = worldsAt(fact, view)?.all;
  if (!all) return wholeOf(limit, fact, view.typeOf);
  return { kind: 'words', allowed: new Set(all.map((_, id) => String(id))), excluded: new Set() };
}
