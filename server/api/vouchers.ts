import { Type } from 'typebox';
import { takeInWords } from '../engagement/gift-words.ts';
import { redeemVoucher } from '../engagement/vouchers.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { createAttemptLimit } from './attempt-limit.ts';
import { nextSchema, pageQuery } from './paging.ts';
import { problem, withProblems } from './problem.ts';
import { listVouchers, voucherLiability } from './read/vouchers.ts';

/** A shop's own customers mistype now and then; whoever sends more than this is trying codes out. */
const guessLimits = { mostAttempts: 30, windowMs: 60_000, mostCallers: 10_000 };
const guesses: readonly string[] = ['voucher-unknown', 'voucher-of-another-customer'];

/** Vouchers given, and their redemption. */
export function voucherRoutes(api: Api, deps: ApiDeps): void {
  listRoute(api, deps);
  liabilityRoute(api, deps);
  redeemRoute(api, deps);
}

/** What may still come of vouchers that were given, for the books. */
function liabilityRoute(api: Api, deps: ApiDeps): void {
  const item = Type.Object({
    rule: Type.String(),
    open: Type.Integer({ description: 'Vouchers that can still be used' }),
    worth: Type.String({ description: 'What they take off at most, as far as it is known; a decimal amount' }),
    currency: Type.Union([Type.String(), Type.Null()]),
    unknown: Type.Integer({ description: 'Those among them whose worth is known only when they are used' }),
  });
  api.get(
    '/v1/vouchers/liability',
    {
      schema: {
        summary: 'What open vouchers are worth, by offer and currency',
        response: withProblems({ 200: Type.Object({ items: Type.Array(item) }) }),
      },
    },
    async () => {
      const { now } = await deps.clock.read();
      return { items: [...(await voucherLiability(deps.engagement.db, now))] };
    },
  );
}

function listRoute(api: Api, deps: ApiDeps): void {
  const querystring = Type.Object({ ...pageQuery, customerId: Type.Optional(Type.String({ maxLength: 200 })) });
  const item = Type.Object({
    code: Type.String(),
    rule: Type.String(),
    customerId: Type.Union([Type.String(), Type.Null()]),
    orderId: Type.Union([Type.String(), Type.Null()]),
    take: Type.Unknown({ description: 'Percent or amount' }),
    off: Type.String(),
    validFrom: Type.String({ format: 'date-time' }),
    validUntil: Type.String({ format: 'date-time', description: 'First instant at which it is no longer valid' }),
    usesAllowed: Type.Integer(),
    uses: Type.Integer(),
  });
  const list = Type.Object({ items: Type.Array(item), next: nextSchema });
  api.get(
    '/v1/vouchers',
    { schema: { summary: 'Vouchers, latest first', querystring, response: withProblems({ 200: list }) } },
    async (request) => listVouchers(deps.engagement.db, request.query),
  );
}

function redeemRoute(api: Api, deps: ApiDeps): void {
  const limit = createAttemptLimit(guessLimits, deps.elapsedMs);
  const params = Type.Object({ code: Type.String({ maxLength: 100 }) });
  const id = Type.String({ minLength: 1, maxLength: 200 });
  const body = Type.Object({ orderId: id, customerId: id }, { additionalProperties: false });
  const redeemed = Type.Object({
    code: Type.String(),
    orderId: id,
    take: Type.Unknown(),
    takeInWords: Type.String(),
    off: Type.String(),
    atMost: Type.Optional(Type.Object({ amount: Type.String(), currency: Type.String() })),
    redeemedAt: Type.String({ format: 'date-time' }),
  });
  api.post(
    '/v1/vouchers/:code/redeem',
    {
      schema: {
        summary: 'Redeem a voucher for an order; of two at once one wins',
        params,
        body,
        response: withProblems({ 200: redeemed }),
      },
    },
    async ({ ip, params: { code }, body: { orderId, customerId } }) => {
      // Counted before it is looked up, so that a thousand at once are not all let through.
      const waitMs = limit.attempt(ip);
      if (waitMs !== undefined) {
        const retryAfter = Math.ceil(waitMs / 1000);
        throw problem('too-many-attempts', `Try again in ${retryAfter} seconds`, { retryAfter });
      }
      const { now } = await deps.clock.read();
      const result = await redeemVoucher(deps.engagement.db, { code, orderId, customerId, now });
      if (result.kind !== 'refused' || !guesses.includes(result.reason)) limit.takeBack(ip);
      if (result.kind === 'refused')
        throw problem(result.reason, `Voucher ${code} was not redeemed for order ${orderId}`, {
          reason: result.reason,
          ...(result.sameOrder && { sameOrder: true }),
        });
      return {
        code: result.code,
        orderId,
        take: result.take,
        takeInWords: takeInWords(result.take),
        off: result.off,
        ...(result.atMost && { atMost: result.atMost }),
        redeemedAt: result.redeemedAt,
      };
    },
  );
}
