// The price list of rules/voice-24.rules as a programmer would write it by hand: the rival of the rating bench. It takes the same
// account cycle and gives the same rated cycle, trace and decisions included, and knows nothing of the engine.
import { DateTime } from 'luxon';

const perMinute = 60_000;
/** Cents a minute by destination (home, eu or efta, premium, world), network (home, zone 1, zone 2) and whether it is off-peak. */
const cents = [33, 49, 64, 72, 31, 35, 63, 65, 79, 80, 87, 39, 91, 67, 93, 81, 94, 88, 46, 43, 22, 69, 10, 82];
const destinations = { home: 0, eu: 1, efta: 1, premium: 2, world: 3 };
const networks = { home: 0, zone_1: 1, zone_2: 2 };
const tierMs = 2_000 * perMinute;
const tierCents = [50, 30];
const includedMs = 100 * perMinute;

/** `words` are the names, places and titles of the rules, of which only the texts are used; `data` the tables and holidays. */
export function prepareByHand({ words, data, zone, year }) {
  return {
    words,
    destinationOf: longestPrefix(data.destinations, 'home'),
    networkOf: new Map(data.networks),
    offpeak: offpeakEdges(new Set(data.holidays), zone, year),
    zone,
  };
}

export function rateByHand(cycle, book) {
  const { zone } = book;
  const [from, until] = [cycle.bounds.from, cycle.bounds.until].map((day) =>
    DateTime.fromISO(day, { zone }).toMillis(),
  );
  const [subscription] = cycle.subscriptions;
  const state = {
    book,
    cycle,
    subscription,
    trace: [],
    decisions: [noSegments()],
    lines: new Map(),
    included: includedMs,
    tierUsed: 0,
  };
  let quantity = 0;
  let events = 0;
  const seen = new Set();
  for (const event of [...cycle.usage].sort(byStart)) {
    const key = `${event.source}/${event.id}`;
    if (seen.has(key) || event.msisdn !== subscription.msisdn || event.startAt < from || event.startAt >= until)
      throw new Error(`${key} is not of this cycle`);
    seen.add(key);
    events += 1;
    quantity += event.durationMs;
    rateEvent(event, key, state);
  }
  return {
    usage: {
      lines: [...state.lines.values()]
        .sort(inOrder)
        .map(({ at, cents: sum, events: n, quantity: ms, last: _, ...line }) => ({
          ...line,
          at,
          events: n,
          quantity: ms,
          exact: exact(sum),
        })),
      totals: events > 0 ? [{ subscriptionId: subscription.id, service: 'voice', events, quantity }] : [],
      balances: [],
      exceptions: [],
    },
    trace: state.trace,
    decisions: state.decisions,
  };
}

function rateEvent(event, key, state) {
  const { book } = state;
  const end = event.startAt + event.durationMs;
  let charged = 0;
  let segmentFrom = 0;
  while (segmentFrom < event.durationMs || event.durationMs === 0) {
    const edge = nextEdge(book.offpeak, event.startAt + segmentFrom);
    const segmentUntil = edge < end ? edge - event.startAt : event.durationMs;
    if (segmentFrom === 0 || charged < segmentUntil)
      charged = rateSegment(event, key, segmentFrom, segmentUntil, charged, state);
    segmentFrom = segmentUntil;
    if (event.durationMs === 0) break;
  }
}

function rateSegment(event, key, segmentFrom, segmentUntil, start, state) {
  const { book, cycle } = state;
  let charged = start;
  for (;;) {
    const at = event.startAt + (charged < segmentUntil ? charged : segmentFrom);
    const destination = book.destinationOf(event.calledNumber);
    const outgoing = event.direction === 'outgoing';
    const fits = outgoing && cycle.customer.category === 'consumer';
    const index = fits
      ? destinations[destination] * 6 +
        networks[book.networkOf.get(event.visitedNetwork) ?? 'home'] * 2 +
        (isInside(book.offpeak, at) ? 0 : 1)
      : 24;
    const rule = book.words.rules[index];
    const other = book.words.rules[24];
    state.decisions.push({
      set: 'rate:voice_24.voice',
      about: key,
      facts: {
        always: true,
        at,
        'customer.category': cycle.customer.category,
        'customer.zone': cycle.customer.zone,
        'event.called_number': event.calledNumber,
        'event.direction': event.direction,
        'event.visited_network': event.visitedNetwork,
      },
      matches: fits ? [rule.name, other.name] : [other.name],
    });
    let covered = false;
    if (state.included > 0) {
      covered = outgoing && destination === 'home';
      state.decisions.push({
        set: 'allowance:voice_24.voice',
        about: key,
        facts: { 'event.called_number': event.calledNumber, 'event.direction': event.direction },
        matches: covered ? [book.words.allowanceRule] : [],
      });
    }
    const target = fits ? rounded(segmentUntil) : segmentUntil;
    const open = target - charged;
    if (open <= 0 && event.durationMs > 0) return charged;
    const quantity = covered ? Math.min(open, state.included) : fits ? open : tierPart(open, state);
    if (covered) {
      state.included -= quantity;
      enter(event, key, at, quantity, 0, undefined, book.words.allowance, rule, state);
    } else if (fits) {
      enter(event, key, at, quantity, cents[index] * quantity, undefined, undefined, rule, state);
    } else {
      const tier = state.tierUsed < tierMs ? 0 : 1;
      state.tierUsed += quantity;
      enter(event, key, at, quantity, tierCents[tier] * quantity, tier + 1, undefined, rule, state);
    }
    charged += quantity;
    if (charged >= target) return charged;
  }
}

function tierPart(open, { tierUsed }) {
  return tierUsed < tierMs ? Math.min(open, tierMs - tierUsed) : open;
}

/** The first 30 seconds are one increment, then every second. */
function rounded(ms) {
  return ms === 0 ? 0 : ms <= 30_000 ? 30_000 : Math.ceil(ms / 1_000) * 1_000;
}

function enter(event, key, at, quantity, amount, tier, allowance, rule, state) {
  const { subscription } = state;
  const id = allowance
    ? `${subscription.id}/${allowance.id}`
    : tier === undefined
      ? `${subscription.id}/${rule.name}`
      : `${subscription.id}/${rule.name}/tier-${tier}`;
  let line = state.lines.get(id);
  if (!line) {
    line = {
      id,
      subscriptionId: subscription.id,
      service: 'voice',
      plan: 'voice_24',
      rule: allowance ? allowance.id : rule.name,
      at: allowance ? allowance.at : rule.at,
      title: allowance
        ? `Included: ${allowance.title}`
        : tier === undefined
          ? rule.title
          : `${rule.title}, tier ${tier}`,
      ...(allowance && { allowance: allowance.id }),
      ...(tier !== undefined && { tier }),
      events: 0,
      quantity: 0,
      cents: 0,
      last: undefined,
    };
    state.lines.set(id, line);
  }
  if (line.last !== event) {
    line.events += 1;
    line.last = event;
  }
  line.quantity += quantity;
  line.cents += amount;
  const portion = {
    eventId: key,
    subscriptionId: subscription.id,
    service: 'voice',
    startAt: at,
    quantity,
    lineId: id,
    rule: rule.name,
    at: rule.at,
    exact: exact(amount),
  };
  if (allowance) portion.allowance = allowance.id;
  if (tier !== undefined) portion.tier = tier;
  state.trace.push(portion);
}

/** Cents × milliseconds, as a reduced fraction of the currency. */
function exact(amount) {
  if (!Number.isSafeInteger(amount)) throw new RangeError('The sum is too large to be exact');
  let [divisor, rest] = [amount, 100 * perMinute];
  const whole = rest;
  while (rest !== 0) [divisor, rest] = [rest, divisor % rest];
  return whole === divisor ? `${amount / divisor}` : `${amount / divisor}/${whole / divisor}`;
}

function byStart(a, b) {
  return a.startAt - b.startAt || (a.source < b.source ? -1 : a.source > b.source ? 1 : a.id < b.id ? -1 : 1);
}

function inOrder(a, b) {
  return (
    Number(a.allowance === undefined) - Number(b.allowance === undefined) ||
    a.at.line - b.at.line ||
    (a.tier ?? 0) - (b.tier ?? 0)
  );
}

function noSegments() {
  return {
    set: 'segment',
    facts: {
      'customer.bought': [],
      'customer.interests': [],
      'customer.profile': '',
      'customer.social': '',
      'customer.social.known': false,
    },
    matches: [],
  };
}

function longestPrefix(rows, otherwise) {
  const root = { next: [] };
  for (const [prefix, value] of rows) {
    let node = root;
    for (const letter of prefix) {
      const step = letter.charCodeAt(0) - 43;
      node.next[step] ??= { next: [], value: undefined };
      node = node.next[step];
    }
    node.value = value;
  }
  return (number) => {
    let node = root;
    let found = otherwise;
    for (let i = 0; i < number.length; i++) {
      node = node.next[number.charCodeAt(i) - 43];
      if (!node) return found;
      if (node.value !== undefined) found = node.value;
    }
    return found;
  };
}

/** Instants at which off-peak begins and ends in turn: weekdays from 20:00 to 08:00, weekends, holidays. */
function offpeakEdges(holidays, zone, year) {
  const intervals = [];
  for (let day = DateTime.fromISO(`${year - 1}-12-29`, { zone }); day.year <= year; day = day.plus({ days: 1 })) {
    const next = day.plus({ days: 1 });
    if (day.weekday > 5 || holidays.has(day.toISODate())) intervals.push([day.toMillis(), next.toMillis()]);
    if (day.weekday <= 5) intervals.push([day.set({ hour: 20 }).toMillis(), next.set({ hour: 8 }).toMillis()]);
  }
  const edges = [];
  for (const [start, end] of intervals.sort((a, b) => a[0] - b[0])) {
    if (edges.length > 0 && start <= edges.at(-1)) edges[edges.length - 1] = Math.max(edges.at(-1), end);
    else edges.push(start, end);
  }
  return Float64Array.from(edges);
}

/** How many edges lie at or before the instant. */
function edgesBefore(edges, at) {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isInside(edges, at) {
  return edgesBefore(edges, at) % 2 === 1;
}

function nextEdge(edges, at) {
  return edges[edgesBefore(edges, at)] ?? Number.POSITIVE_INFINITY;
}
