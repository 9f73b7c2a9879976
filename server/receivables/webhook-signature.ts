import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EpochMs } from '../../engine/model.ts';

/** How far a message's own time may be from ours, either way. */
export const toleranceMs = 5 * 60 * 1000;

export type Verdict =
  | { readonly kind: 'genuine'; readonly signature: string; readonly signedAt: EpochMs }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Checks the signature of a provider's message: `t=<seconds since 1970>,v1=<hex>`, where v1 is the HMAC-SHA256 of `<t>.<body>` under the shared
 * secret. Several v1 are one for each secret while a secret is being changed. Compared in constant time, over the bytes as they came.
 */
export function verifySignature(header: string, body: Uint8Array, secret: string, now: EpochMs): Verdict {
  const parts = header.split(',').map((part) => part.trim().split('=', 2) as [string, string | undefined]);
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  const given = parts.filter(([name]) => name === 'v1').map(([, value]) => value ?? '');
  if (!/^\d{1,12}$/.test(time) || given.length === 0)
    return { kind: 'refused', reason: 'The header ratebook-signature must read t=<seconds>,v1=<hex>' };
  const signature = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
  // Nothing is said of the time to whoever does not know the secret.
  if (!given.some((one) => sameText(one, signature)))
    return { kind: 'refused', reason: 'The signature is not that of this message' };
  const signedAt = Number(time) * 1000;
  if (Math.abs(now - signedAt) > toleranceMs)
    return {
      kind: 'refused',
      reason: `The message was signed at ${new Date(signedAt).toISOString()}, more than ${toleranceMs / 60_000} minutes from now`,
    };
  return { kind: 'genuine', signature, signedAt };
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
