// Facts for the decisions bench, drawn from a seed: a decision set's base facts with values that its rules look at.

/** The same numbers in [0, 1) for the same seed (mulberry32). */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A function that draws facts for one decision set: `inputs` are its base facts, `.known` companions included. */
export function factDrawer(document, set, inputs, random) {
  const definitions = new Map(document.facts.map((fact) => [fact.name, fact]));
  const constants = constantsOf(set.rules.map((rule) => rule.conditions));
  const keys = new Map(document.tables.map((table) => [table.key, table.rows.map((row) => row[0])]));
  const pick = (list) => list[Math.floor(random() * list.length)];
  const draw = (name) => {
    if (name === 'always') return true;
    if (name.endsWith('.known')) return random() < 0.8;
    if (name.endsWith('.zone')) return pick(['Europe/Berlin', 'Europe/Lisbon', 'Europe/Helsinki']);
    const known = constants.get(name);
    const type = definitions.get(name)?.type ?? { kind: 'text' };
    if (keys.has(name) && random() < 0.9)
      return type.kind === 'phone' ? `${pick(keys.get(name))}${Math.floor(random() * 1e6)}` : pick(keys.get(name));
    // Half of the values are those that the rules compare with: around them the decision turns.
    if (known && random() < 0.5) return near(pick(known), random);
    return drawByType(type, random, pick);
  };
  return () => Object.fromEntries(inputs.map((name) => [name, draw(name)]));
}

function drawByType(type, random, pick) {
  const whole = (below) => Math.floor(random() * below);
  switch (type.kind) {
    case 'boolean':
      return random() < 0.5;
    case 'enum':
      return pick(type.values);
    case 'list':
      return (type.values ?? ['games', 'travel', 'music']).filter(() => random() < 0.3);
    case 'phone':
      return `+49151${whole(1e7)}`;
    case 'network':
      return pick(['26299', '26201', '26801', '24405', '20801']);
    case 'text':
      return pick(['', 'DE', 'AT', 'PT', 'voice', 'data']);
    case 'money':
      return whole(500) * 1_000_000;
    case 'duration':
      return whole(7_200_000);
    case 'data':
      return whole(60 * 1024 ** 3);
    case 'percent':
      return whole(1_000_000);
    case 'date':
      return 20_574 + whole(60);
    // May and June 2026.
    case 'instant':
      return 1_777_586_400_000 + whole(45 * 86_400_000);
    case 'time':
      return whole(1_440);
    default:
      return whole(500);
  }
}

function near(value, random) {
  return typeof value === 'number' ? Math.max(0, value + Math.floor(random() * 3) - 1) : value;
}

/** Values that conditions compare a fact with, by fact. */
function constantsOf(conditions, found = new Map()) {
  for (const condition of conditions) {
    const group = condition.all ?? condition.any ?? (condition.not ? [condition.not] : undefined);
    if (group) constantsOf(group, found);
    else {
      const values = Array.isArray(condition.value) ? condition.value : [condition.value];
      if (condition.operator !== 'contains' && condition.operator !== 'doesNotContain')
        found.set(condition.fact, [...(found.get(condition.fact) ?? []), ...values]);
    }
  }
  return found;
}
