import type { Element } from './xml.ts';

/** A rule of EN 16931, of its binding to UBL or of Peppol's invoices, by its published name; true where it holds. */
export type Check = readonly [rule: string, holds: (invoice: Element) => boolean];
