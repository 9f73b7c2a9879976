/** The library that lays out railroad diagrams, which has no types of its own. */
import { createRequire } from 'node:module';

/** What can stand in a diagram. */
export interface Part {
  readonly width: number;
}

export interface Diagram extends Part {
  /** SVG, with what the whole picture measures in `attrs`. */
  readonly toString: () => string;
  readonly attrs: { readonly width: number; readonly height: number };
  readonly format: () => Diagram;
}

interface Railroad {
  readonly Diagram: ((...items: readonly Part[]) => Diagram) & { INTERNAL_ALIGNMENT: 'left' | 'center' };
  readonly Sequence: (...items: readonly Part[]) => Part;
  /** `normal` is the item on the straight line. */
  readonly Choice: (normal: number, ...items: readonly Part[]) => Part;
  readonly OneOrMore: (item: Part, between?: Part) => Part;
  /** Rounded: what is written as it stands here. */
  readonly Terminal: (text: string) => Part;
  readonly NonTerminal: (text: string) => Part;
  readonly Skip: () => Part;
}

export const railroad = createRequire(import.meta.url)('railroad-diagrams') as Railroad;
