import { type Static, Type } from 'typebox';
import type { InputFault } from '../input-faults.ts';

/** Every problem that the API answers with: status, title, and what to do about it. The closed list. */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON', remedy: 'Send one valid JSON text in UTF-8.' },
  'bad-request': {
    status: 400,
    title: 'The request cannot be understood',
    remedy: 'Compare it with /v1/openapi.json.',
  },
  'invalid-parameter': {
    status: 400,
    title: 'A parameter of the address is wrong',
    remedy: 'Correct the parameters named in “errors”.',
  },
  'forbidden-host': {
    status: 403,
    title: 'This server does not go by that name',
    remedy: 'Use localhost, or the address that the operator has set as RATEBOOK_URL.',
  },
  'forbidden-origin': {
    status: 403,
    title: 'Pages of others may not change anything here',
    remedy: 'Use the console that this server serves, or send no Origin from a program.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing of that name',
    remedy: 'Look the name up in the list that holds it.',
  },
  'unknown-path': {
    status: 404,
    title: 'There is nothing at this address',
    remedy: 'Compare path and method with /v1/openapi.json.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The address does not take this method',
    remedy: 'Use one of the methods that the header Allow names.',
  },
  'not-acceptable-type': {
    status: 415,
    title: 'The body has a type that is not understood here',
    remedy: 'Send application/json.',
  },
  'too-large': { status: 413, title: 'The body is too large', remedy: 'Send less at a time.' },
  'invalid-body': {
    status: 422,
    title: 'The body does not fit',
    remedy: 'Correct the fields named in “errors” and send it again; nothing was stored.',
  },
  'missing-fact': {
    status: 422,
    title: 'The rules read a fact that has no fitting value',
    remedy:
      'Send it with its customer (“facts” of ratebook.customer.acquired), or declare it optional; nothing was stored.',
  },
  'rules-have-errors': {
    status: 422,
    title: 'The rules have errors',
    remedy: 'Mend what “diagnostics” names; nothing was put in force.',
  },
  'file-changed': {
    status: 409,
    title: 'The file was changed meanwhile',
    remedy: 'Read it again, repeat your change on the new text, and save with its hash.',
  },
  'not-expressible': {
    status: 409,
    title: 'EN 16931 cannot say what this document says',
    remedy: 'Send the PDF; “detail” says what the standard has no way to express.',
  },
  'not-itemisable': {
    status: 409,
    title: 'The usage of this document cannot be itemised',
    remedy: '“detail” says why: usage that is no longer kept, or an invoice that was taken over.',
  },
  'message-unreadable': {
    status: 409,
    title: 'The message cannot be rendered',
    remedy: 'Mend the template named in “detail” (under messages/ in the rules), then read the message again.',
  },
  'tests-fail': {
    status: 409,
    title: 'Tests of the rules fail',
    remedy:
      'Mend the rules or the tests named in “failures”; nothing was put in force. To release anyway, send {"despiteFailingTests": true}.',
  },
  'unknown-record': {
    status: 404,
    title: 'There is no such usage record',
    remedy: 'Look up source and record id in the file that delivered it; none of the corrections was stored.',
  },
  'correction-id-taken': {
    status: 409,
    title: 'The id stands for another correction',
    remedy: 'Give every correction an id of its own; none of those sent was stored.',
  },
  'correction-unclear': {
    status: 422,
    title: 'It is not clear what to correct',
    remedy: 'Name either accounts or a run; of a larger run, correct it by `ratebook correct`.',
  },
  'already-decided': {
    status: 409,
    title: 'The exception has been decided',
    remedy: 'Read it again to see who decided what.',
  },
  'cannot-rate-again': {
    status: 409,
    title: 'The bill cannot be rated again now',
    remedy: '“detail” says why and what to do; nothing was changed.',
  },
  'already-billed': {
    status: 409,
    title: 'That time is billed already',
    remedy:
      'Choose a later day (GET /v1/accounts/{id}/changes shows the cycles to come). What was so of a subscription before is said by POST /v1/subscriptions/{id}/backdated-changes, which corrects the invoices; zone and cycle day of billed cycles stay.',
  },
  'not-billed-yet': {
    status: 409,
    title: 'No bill knows those days yet',
    remedy:
      'Use PUT /v1/subscriptions/{id}/plan-changes/{from} or …/pauses/{from}, or send the event ratebook.subscription.cancelled.',
  },
  'cannot-reach-back': {
    status: 409,
    title: 'The bills of those days cannot be corrected now',
    remedy: '“detail” says why and what to do; nothing was stored.',
  },
  'paused-already': {
    status: 409,
    title: 'The subscription is paused at that time already',
    remedy: 'Move the end of that pause, or choose days outside it. GET /v1/subscriptions/{id}/changes shows them.',
  },
  'imsi-taken': {
    status: 409,
    title: 'Another subscription has that IMSI',
    remedy:
      'Take it from the other one first (PUT /v1/subscriptions/{id}/imsi with null), or look the number up again.',
  },
  'no-test-clock': {
    status: 409,
    title: 'These books go by the real time',
    remedy: 'Only books that were opened with a test clock can be moved in time.',
  },
  'clock-backwards': { status: 409, title: 'Time only moves forward', remedy: 'Choose a time after the clock’s.' },
  'clock-too-far': {
    status: 409,
    title: 'Too much becomes due on the way',
    remedy: 'The clock stopped where “now” says: move it again from there.',
  },
  'voucher-unknown': { status: 409, title: 'There is no such voucher', remedy: 'Check the code for a typing mistake.' },
  'voucher-expired': {
    status: 409,
    title: 'The voucher is not valid at this time',
    remedy: 'Ask the customer for another one.',
  },
  'voucher-used': {
    status: 409,
    title: 'The voucher has been used',
    remedy: 'If “sameOrder” is true, this order has it already and nothing is left to do.',
  },
  'voucher-of-another-customer': {
    status: 409,
    title: 'The voucher was given to another customer',
    remedy: 'Only the customer who received it can use it.',
  },
  'voucher-of-another-order': {
    status: 409,
    title: 'The voucher was given for another order',
    remedy: 'Use it for the order that it was given for.',
  },
  'top-up-differs': {
    status: 409,
    title: 'Another top-up has that source and id',
    remedy: 'A top-up is told once: give the new one an id of its own.',
  },
  'too-many-attempts': {
    status: 429,
    title: 'Too many wrong voucher codes from one address',
    remedy: 'Wait the seconds of “retryAfter” (the header Retry-After), then try again with a code that was given out.',
  },
  'payment-differs': {
    status: 409,
    title: 'Another payment goes by this id',
    remedy: 'Send each payment under an id of its own; what was taken in first stands.',
  },
  'return-differs': {
    status: 409,
    title: 'Another return goes by this id',
    remedy: 'Send each return under an id of its own; what was booked first stands.',
  },
  'not-assignable': {
    status: 409,
    title: 'The payment cannot be given to that account or invoice',
    remedy: 'Name an account, or an invoice of it, in the payment’s currency; or send the money back.',
  },
  'too-much-back': {
    status: 409,
    title: 'So much of the payment cannot go back',
    remedy: 'Return at most “available”; for what settles an invoice choose a return or chargeback, not a refund.',
  },
  'write-off-differs': {
    status: 409,
    title: 'Another write-off goes by this id',
    remedy: 'Send each write-off under an id of its own; what was written off first stands.',
  },
  'not-so-much-open': {
    status: 409,
    title: 'So much of the invoice is not open',
    remedy: 'Write off at most “available”.',
  },
  'pay-out-differs': {
    status: 409,
    title: 'Another pay-out goes by this id',
    remedy: 'Send each pay-out under an id of its own; what was paid out first stands.',
  },
  'not-so-much-credit': {
    status: 409,
    title: 'The account has no such credit',
    remedy:
      'Pay out at most “available”; prepaid credit is not part of it, nor what the next invoice of an account that is not closed will take off.',
  },
  'statement-unusable': {
    status: 422,
    title: 'The account statement cannot be taken in',
    remedy: 'Ask the bank for the file again (camt.053, XML); nothing of it was stored.',
  },
  'signature-wrong': {
    status: 401,
    title: 'The message is not signed as it must be',
    remedy:
      'Sign “<seconds>.<body>” by HMAC-SHA256 with the shared secret and send it as ratebook-signature: t=<seconds>,v1=<hex>.',
  },
  'signature-repeated': {
    status: 409,
    title: 'The message was heard before',
    remedy: 'Nothing is left to do; a new message needs a time and signature of its own.',
  },
  'webhook-off': {
    status: 503,
    title: 'No payment provider is connected',
    remedy: 'Set RATEBOOK_PAYMENT_SECRET to the secret that the provider signs with, and start again.',
  },
  'no-rules-in-force': {
    status: 503,
    title: 'No rules are in force',
    remedy: 'Mend and release the rules (POST /v1/rules/release), then send it again.',
  },
  'database-away': {
    status: 503,
    title: 'The database does not answer',
    remedy: 'Send it again in a moment, just as it is: what was stored after all is not stored twice.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong in Ratebook',
    remedy: 'Tell the operator the “instance”; the log has the details under it.',
  },
} as const;

export type ProblemName = keyof typeof problems;

/** RFC 9457, plus `remedy` and, for input, the fields at fault. */
const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'Address of the problem’s description' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is the matter in this case' }),
    instance: Type.String({ description: 'The request, as the log names it' }),
    remedy: Type.String({ description: 'What to do' }),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
  },
  { additionalProperties: true, description: 'Problem details, RFC 9457' },
);
export type Problem = Static<typeof problemSchema>;

/** The responses of a route, with the problems that any route can answer. */
export function withProblems<Responses extends object>(responses: Responses) {
  return { ...responses, '4xx': problemSchema, '5xx': problemSchema } as const;
}

/** An error that a route throws to answer with a problem. */
export interface ProblemError extends Error {
  readonly problem: ProblemName;
  readonly more: Readonly<Record<string, unknown>>;
}

/** @param more further members of the problem: `errors`, or what its kind is about. */
export function problem(name: ProblemName, detail: string, more: Readonly<Record<string, unknown>> = {}): ProblemError {
  return Object.assign(new Error(detail), { problem: name, more });
}

/** A body whose fields are wrong. */
export function invalidBody(faults: readonly InputFault[]): ProblemError {
  return problem('invalid-body', inWords(faults), { errors: faults });
}

export function isProblem(error: unknown): error is ProblemError {
  return error instanceof Error && 'problem' in error;
}

/** The first faults in one sentence: `#/0/data/orderId is required and missing`. */
export function inWords(faults: readonly InputFault[]): string {
  const first = faults.slice(0, 3).map((fault) => `${fault.pointer} ${fault.detail}`);
  const rest = faults.length > first.length ? [`and ${faults.length - first.length} more`] : [];
  return [...first, ...rest].join('; ');
}

/** Where the description of a problem is served. */
export function problemType(name: ProblemName): string {
  return `/v1/problems/${name}`;
}
