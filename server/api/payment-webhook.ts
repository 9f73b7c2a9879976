import type { Knex } from 'knex';
import { Type } from 'typebox';
import { toTimestamp } from '../engagement/engagement-deps.ts';
import { compileCheck } from '../input-faults.ts';
import { verifySignature } from '../receivables/webhook-signature.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { incomingPayment, paymentBody, paymentSchema } from './payment-json.ts';
import { takeOne } from './payments.ts';
import { invalidBody, problem, withProblems } from './problem.ts';
import { todayIn } from './today.ts';

const check = compileCheck(paymentBody);
const mostBytes = 64 * 1024;

/** A payment as its provider calls it in: signed, so that nobody else can. */
export function paymentWebhookRoutes(api: Api, deps: ApiDeps): void {
  api.register(async (hooks) => {
    // The signature is over the bytes: they are parsed only once it is known to be genuine.
    hooks.removeContentTypeParser('application/json');
    hooks.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: mostBytes }, (_, body, done) =>
      done(null, body),
    );
    hooks.post(
      '/v1/payments/webhook',
      {
        schema: {
          summary: 'A provider’s signed message of a payment; the body is that of POST /v1/payments',
          headers: Type.Object(
            { 'ratebook-signature': Type.Optional(Type.String({ maxLength: 1000 })) },
            { additionalProperties: true },
          ),
          response: withProblems({ 200: paymentSchema, 201: paymentSchema }),
        },
      },
      async (request, reply) => {
        if (deps.paymentSecret === undefined) throw problem('webhook-off', 'RATEBOOK_PAYMENT_SECRET is not set');
        const { now } = await deps.clock.read();
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const verdict = verifySignature(
          String(request.headers['ratebook-signature'] ?? ''),
          bytes,
          deps.paymentSecret,
          now,
        );
        if (verdict.kind === 'refused') throw problem('signature-wrong', verdict.reason);
        const body = parse(bytes);
        const faults = check(body);
        if (faults.length > 0) throw invalidBody(faults);
        const { signature, signedAt } = verdict;
        const payment = incomingPayment(body as Parameters<typeof incomingPayment>[0], todayIn(deps, now));
        const taken = await takeOne(deps, payment, now, (trx) => hearOnce(trx, signature, toTimestamp(signedAt)));
        return reply.code(taken.created ? 201 : 200).send(taken.payment);
      },
    );
  });
}

/** In the transaction that takes the payment in: what was not taken in may be sent again as it is. */
async function hearOnce(trx: Knex, signature: string, signedAt: string): Promise<void> {
  const heard = await trx('signed_message')
    .insert({ signature, signed_at: signedAt })
    .onConflict('signature')
    .ignore()
    .returning('signature');
  if (heard.length === 0) throw problem('signature-repeated', 'This very message was heard before');
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw problem('malformed-json', (error as Error).message);
  }
}
