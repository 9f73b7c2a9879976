/**
 * The price models: what each costs, and how an invoice says it. Tiers choose among these prices, so that a new model can
 * stand in a tier at once.
 */
import type { Rational } from '../money.ts';
import type { PlainPrice, RateOutcome, Tier, TieredPrice, UsagePrice } from '../outcomes.ts';
import type { ServiceDefinition } from '../rule-set.ts';
import { priceInWords, quantityInWords } from '../words.ts';
import { flat } from './flat.ts';
import { packaged } from './package.ts';
import { perEvent } from './per-event.ts';
import { percentage } from './percentage.ts';

/** What is to be priced, in base units. */
export interface Piece {
  readonly quantity: number;
  /** Of the same event, priced alike before it. */
  readonly before: number;
  /** The event has had its price per event. */
  readonly isEventPaid: boolean;
}

/** What an invoice line tells. */
export interface LineInWords {
  readonly quantity: number;
  readonly events: number;
  readonly currency: string;
  readonly measure: ServiceDefinition['measure'];
  /** What else is due: ", plus 0.15 EUR per event". */
  readonly more: string;
}

interface Model<P extends PlainPrice> {
  readonly price: (price: P, piece: Piece) => Rational;
  readonly inWords: (price: P, line: LineInWords) => string;
}

type Models = { readonly [K in PlainPrice['kind']]: Model<Extract<PlainPrice, { readonly kind: K }>> };

const models: Models = {
  flat: {
    price: ({ price }, { quantity }) => flat(price, quantity),
    inWords: ({ price }, line) => `${used(line)} × ${each(price, line)}${line.more}, ${events(line)}`,
  },
  package: {
    price: ({ price }, { before, quantity }) => packaged(price, before, quantity),
    inWords: ({ price }, line) => `${each(price, line)} started, ${used(line)} in ${events(line)}${line.more}`,
  },
  'per event': {
    price: ({ amount }, { isEventPaid }) => perEvent(amount, isEventPaid),
    inWords: ({ amount }, line) => `${amount} ${line.currency} per event, ${used(line)} in ${events(line)}${line.more}`,
  },
  percentage: {
    price: ({ percent }, { quantity }) => percentage(percent, quantity),
    inWords: ({ percent }, line) => `${percent} % of ${used(line)}${line.more}, ${events(line)}`,
  },
};

export function priceOf<P extends PlainPrice>(price: P, piece: Piece): Rational {
  return modelOf(price).price(price, piece);
}

/** How the amount of a line came about; `tier` is 1-based. */
export function lineInWords(outcome: RateOutcome, tier: number | undefined, line: Omit<LineInWords, 'more'>): string {
  const chosen = tierOf(outcome.price, tier);
  const said = { ...line, more: alsoDue(outcome, chosen) };
  const plain = isTiered(outcome.price) ? chosen?.price : outcome.price;
  if (!plain) return `${used(said)} in ${events(said)}${said.more}`;
  const words = modelOf(plain).inWords(plain, said);
  return outcome.price.kind === 'volume' ? `${words}; for all of it the price of tier ${tier ?? 1}` : words;
}

function modelOf<P extends PlainPrice>({ kind }: P): Model<P> {
  return models[kind] as unknown as Model<P>;
}

export function isTiered(price: UsagePrice): price is TieredPrice {
  return 'tiers' in price;
}

function tierOf(price: UsagePrice, tier: number | undefined): Tier | undefined {
  return isTiered(price) ? price.tiers[(tier ?? 1) - 1] : undefined;
}

/** What comes on top of the price, and its bounds. */
function alsoDue(outcome: RateOutcome, tier: Tier | undefined): string {
  const { setUpFee, setUpIfCharged, minimum, maximum, rounded, currency, price } = outcome;
  const whole = isTiered(price) && price.perAccount ? ' and account' : '';
  const parts = [
    setUpFee !== undefined && `plus ${setUpFee} ${currency} per event${setUpIfCharged ? ' if charged' : ''}`,
    tier?.flatFee !== undefined && `${tier.price ? 'plus ' : ''}${tier.flatFee} ${currency} per cycle${whole}`,
    minimum !== undefined && `at least ${minimum} ${currency} per event`,
    maximum !== undefined && `at most ${maximum} ${currency} per event`,
    rounded && `rounded ${rounded.mode} to ${rounded.decimals} decimals per event`,
  ];
  return parts.flatMap((part) => (part ? [`, ${part}`] : [])).join('');
}

function used({ quantity, measure, currency }: LineInWords): string {
  return quantityInWords(quantity, measure, currency);
}

function each(price: { readonly amount: string; readonly per: number }, { currency, measure }: LineInWords): string {
  return priceInWords(price, currency, measure);
}

function events({ events: count }: LineInWords): string {
  return `${count} ${count === 1 ? 'event' : 'events'}`;
}
