/** What an offer gives, and on which terms. */
import type { Money, Node, Percentage, Quantity, Word } from './tree.ts';

export interface GiveClause extends Node {
  readonly kind: 'give';
  readonly gift: GiftNode;
  readonly cycles?: Quantity;
  readonly valid?: Quantity;
  readonly oncePer?: Word;
  readonly perCustomer?: Quantity;
  readonly inTotal?: Quantity;
  readonly budget?: Money;
  readonly each?: Money;
  readonly worth?: Money;
}

/** How much of a gift there is, and how long it is good for. */
export type GiftTermNodes = Partial<
  Pick<GiveClause, 'valid' | 'oncePer' | 'perCustomer' | 'inTotal' | 'budget' | 'each' | 'worth'>
>;

/** `off` is what the author wrote, `fee` the name in quotes after `fee`. */
export type GiftNode = Node &
  (
    | {
        readonly gift: 'voucher' | 'discount';
        readonly what: Percentage | Money;
        readonly off: Word;
        readonly fee?: Word;
      }
    | { readonly gift: 'free fee'; readonly fee: Word }
    | { readonly gift: 'allowance'; readonly quantity: Quantity; readonly service: Word }
  );
