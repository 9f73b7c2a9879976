/** Fields that several resources have, as JSON. */
import { Type } from 'typebox';

export const closed = { additionalProperties: false } as const;
export const text = Type.String({ maxLength: 1000 });
export const id = Type.String({ minLength: 1, maxLength: 200 });
export const day = Type.String({ format: 'date' });
export const dayOfAccount = Type.String({ format: 'date', description: 'Local date in the account’s zone' });
export const amount = Type.String({ pattern: '^-?\\d{1,15}(\\.\\d{1,6})?$', description: 'Decimal amount as text' });

/** What a person says, as a name or a reason: blanks say nothing. */
export const said = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' });
/** Who decided something, and why. */
export const decidedBy = { by: said, reason: said } as const;
