/** Random facts of every type, near what rules compare them with, some of them missing. */
import fc from 'fast-check';
import type { FactDefinition } from '../../../engine/rule-set.ts';
import { literals } from './random-conditions.ts';
import type { BaseFacts } from './world.ts';

/** For each fact a value, and for one that may be missing whether it is known. */
export function factSheets(definitions: readonly FactDefinition[]): fc.Arbitrary<BaseFacts> {
  const entries = definitions
    .filter(({ name }) => name !== 'always')
    .map((definition) => {
      const value = values(definition);
      return definition.optional
        ? fc.tuple(value, fc.boolean()).map(([held, known]) => [
            [definition.name, known ? held : blank(held)],
            [`${definition.name}.known`, known],
          ])
        : value.map((held) => [[definition.name, held]]);
    });
  return fc.tuple(...entries).map((all) => Object.fromEntries(all.flat()));
}

type Value = BaseFacts[string];

/** What the engine puts in the place of a fact that is missing. */
function blank(value: Value): Value {
  if (typeof value === 'number') return 0;
  if (typeof value === 'boolean') return false;
  return typeof value === 'string' ? '' : [];
}

function values({ name, type }: FactDefinition): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'boolean':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...type.values);
    case 'list':
      return fc.subarray([...(type.values ?? ['gaming', 'chess', 's0', 's1'])]);
    case 'items':
      return fc.array(item, { maxLength: 3 });
    case 'text':
    case 'phone':
    case 'network':
      return fc.constantFrom(...(texts[name] ?? ['DE', 'FR', 'A1', '']));
    default:
      return amounts(type.kind);
  }
}

const item = fc.record({
  category: fc.constantFrom('console', 'camera', 'drone'),
  price: fc.constantFrom(99_999_999, 100_000_000, 100_000_000.5, 700_000_000),
  currency: fc.constantFrom('EUR', 'EUR', 'USD'),
});

/** Just below, at and just above the limits; half a unit stands for anything finer than one. */
function amounts(kind: keyof typeof literals): fc.Arbitrary<Value> {
  const written = kind === 'data' ? [...literals.data, ...literals['binary data']] : literals[kind];
  const limits = written.map(([, base]) => base);
  const isFine = kind === 'money' || kind === 'duration' || kind === 'data';
  const around = fc.constantFrom(...(isFine ? [-1, -0.5, 0, 0.5, 1] : [-1, 0, 1]));
  return fc.tuple(fc.constantFrom(...limits), around).map(([limit, more]) => Math.max(0, limit + more));
}

const texts: Readonly<Record<string, readonly string[]>> = {
  'customer.zone': ['Europe/Berlin', 'America/New_York'],
  'account.zone': ['Europe/Lisbon'],
  'customer.code': ['A1', 'b 2', 'first', 'a1', ''],
  'customer.nick': ['Bo', 'Al C', 'al'],
  'customer.profile': ['', 'I like GAMING.', 'gamer', 'Hauptstraße, STRASSE', 'Straße', 'video games', 'a video game'],
  'subscription.plan': ['basic', 'p0'],
  'event.called_number': ['+4930123456', '+49900555', '+431', '+47', '+1555', ''],
  'event.visited_network': ['26201', '20801', '310260', '99999', ''],
};
