import type { LocalDate } from '../../engine/model.ts';

/** A statement of one bank account, as its file says it; amounts are decimal texts. */
export interface BankStatement {
  /** IBAN, or the bank's own number where there is none. */
  readonly account: string;
  readonly id: string;
  readonly currency: string;
  readonly opensOn: LocalDate;
  readonly closesOn: LocalDate;
  /** Below zero if overdrawn. */
  readonly opening: string;
  readonly closing: string;
  readonly transactions: readonly BankTransaction[];
  /** Entries of the file, booked or not. */
  readonly entries: number;
}

/** One movement of money; those of a batch are apart. */
export interface BankTransaction {
  /** Place in the statement: `3.1` is the first transaction of the third entry. */
  readonly place: string;
  readonly kind: 'credit' | 'return' | 'other';
  readonly amount: string;
  readonly currency: string;
  readonly bookedOn: LocalDate;
  readonly method: 'manual' | 'direct debit' | 'card';
  /** The other side: who paid, or whom the bank took it back for. */
  readonly partyName: string;
  readonly partyIban: string;
  readonly references: readonly string[];
  readonly remittance: string;
  readonly bankReference: string;
  /** Of a return: the amount that was collected, where the bank adds its charge; and the reason (ISO code, words). */
  readonly originalAmount?: string;
  readonly reason?: string;
}

/** What is wrong with a statement file, in words of whoever sent it; nothing of the file was stored. */
export interface StatementFault extends Error {
  readonly isStatementFault: true;
}

export function statementFault(detail: string): StatementFault {
  return Object.assign(new Error(detail), { isStatementFault: true as const });
}

export function isStatementFault(error: unknown): error is StatementFault {
  return error instanceof Error && 'isStatementFault' in error;
}
