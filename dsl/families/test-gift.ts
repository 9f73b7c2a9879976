/** What a test expects to be given, and on which terms: only what it says. */
import type { ExpectedGift as Gift } from '../../engine/test-case.ts';
import { expectMeasure } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import { knownService } from '../check/services.ts';
import type { GiftTermNodes } from '../syntax/gift-clauses.ts';
import type { ExpectedGift } from '../syntax/test-clauses.ts';
import { lowerTerms } from './gift.ts';
import { measureOfService } from './price.ts';
import { lowerReduction } from './shares.ts';

/** Undefined if something has been reported. */
export function lowerExpectedGift(
  outcome: GiftTermNodes & { readonly gives?: ExpectedGift },
  scene: Scene,
): Gift | undefined {
  const terms = lowerTerms(outcome, scene);
  const gives = outcome.gives ? lowerGives(outcome.gives, scene) : {};
  return terms && gives && { ...gives, ...terms };
}

function lowerGives(gives: ExpectedGift, scene: Scene): Gift | undefined {
  if (gives.kind !== 'use') {
    const take = lowerReduction(gives, scene);
    return take && { take };
  }
  const name = knownService(gives.service, scene.book, scene.report);
  const service = name === undefined ? undefined : scene.book.services.get(name);
  if (!service) return undefined;
  const quantity = expectMeasure(gives.quantity, measureOfService(service), `use of ${service.name}`, scene.report);
  return quantity === undefined ? undefined : { service: service.name, quantity };
}
