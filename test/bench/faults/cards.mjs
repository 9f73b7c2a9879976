// SIM cards and telephones of the made customers, and what records say of them. README.md says what is assumed.
import { isActive } from './people.mjs';
import { pick, stream, whole } from './random.mjs';

/** Of a record that a source writes, how often it says the device; every one says the IMSI. */
const saysDevice = { MSC1: 0.98, PGW1: 0.98, SMSC: 0, TAP: 0.6 };

/** Numbers under which makers sell many devices. */
const cloned = ['350000000000006', '358000000000000'];

/**
 * By month and line: `cards` and `devices` with the day from which each is in use, devices that are used for some days beside them
 * (`borrowed`), a second card with its device, the IMSI that the books know at the end of the month (`told`), and a day on which the
 * number already works on another card that the books have for somebody else (`early`).
 */
export function cardsOf(seed, people, months) {
  const lines = people.flatMap(({ lines }) => lines);
  const now = new Map(lines.map((line) => [line.id, firstOf(seed, line)]));
  return Array.from({ length: months }, (_, index) => {
    // Who begins the month with what, before anybody changes anything: handed on is what somebody had.
    const month = new Map(lines.map((line) => [line.id, begun(now.get(line.id))]));
    for (const line of lines) if (isActive(line, index)) change(seed, { lines, line, index, month, now });
    return month;
  });
}

const begun = ({ imsi, device, ...more }) => ({
  ...more,
  cards: [{ from: 1, imsi }],
  devices: [{ from: 1, device }],
  borrowed: [],
  told: imsi,
});

function firstOf(seed, { id }) {
  const random = stream(seed, 'card', id);
  const device = random() < 0.003 ? pick(random, cloned) : newDevice(random);
  return {
    imsi: newCard(random),
    device,
    // A watch, a tablet: under the same number with a card of its own, of which the books know nothing.
    second: random() < 0.04 ? { imsi: newCard(random), device: newDevice(random) } : undefined,
    // A second telephone for the same card, every other day.
    turns: random() < 0.02 ? newDevice(random) : undefined,
    spare: newDevice(random),
  };
}

const newDevice = (random) => `35${whole(random, 1_000_000, 9_999_999)}${whole(random, 100_000, 999_999)}`;
const newCard = (random) => `26299${whole(random, 10_000, 99_999)}${whole(random, 10_000, 99_999)}`;

function change(seed, { lines, line, index, month, now }) {
  const random = stream(seed, 'card', line.id, index);
  const own = month.get(line.id);
  const state = now.get(line.id);
  const others = lines.filter((one) => one !== line && isActive(one, index));
  const kin = others.filter((one) => one.accountId === line.accountId);
  const day = whole(random, 1, 28);
  // 1 % get a new card in a month; one in ten of them is told to the books only after the month.
  if (random() < 0.01) {
    state.imsi = newCard(random);
    own.cards.push({ from: day, imsi: state.imsi });
    if (random() >= 0.1) own.told = state.imsi;
  }
  // 3 % get a new telephone; of the old ones every seventh goes to another customer of ours, half of these within the account.
  if (random() < 0.03) {
    const old = state.device;
    state.device = newDevice(random);
    own.devices.push({ from: day, device: state.device });
    if (random() < 1 / 7 && others.length > 0) {
      const heir = pick(random, kin.length > 0 && random() < 0.5 ? kin : others);
      month.get(heir.id).devices.push({ from: Math.min(28, day + whole(random, 1, 10)), device: old });
      now.get(heir.id).device = old;
    }
  }
  // 1 % use an old telephone of their own for some days.
  if (random() < 0.01) own.borrowed.push({ from: day, until: day + whole(random, 1, 5), device: state.spare });
  // One in 2,000 puts the card into another customer's telephone for a day; that one uses an old one meanwhile.
  if (random() < 1 / 2000 && others.length > 0) {
    const lender = pick(random, others).id;
    own.borrowed.push({ from: day, until: day + 1, device: now.get(lender).device });
    month.get(lender).borrowed.unshift({ from: day, until: day + 1, device: now.get(lender).spare });
  }
  // One in 1,000 of several lines of an account works for a day on the card of another one already.
  if (random() < 1 / 1000 && kin.length > 0) own.early = { day, imsi: now.get(pick(random, kin).id).imsi };
}

/** What a record says of card and device. */
export function identityOf(random, { cards, devices, borrowed, second, turns, early }, { source, service, day }) {
  const [isSecond, isSaid] = [random(), random()];
  const inUse = (list) =>
    list.filter(({ from }) => from <= day).reduce((one, other) => (other.from >= one.from ? other : one));
  const lent = borrowed.find(({ from, until }) => day >= from && day < until);
  const said = (imsi, device) => ({ imsi, device: isSaid < saysDevice[source] ? device : '' });
  if (second && service === 'data' && isSecond < 0.3) return said(second.imsi, second.device);
  const imsi = early?.day === day ? early.imsi : inUse(cards).imsi;
  return said(imsi, lent?.device ?? (turns && day % 2 === 0 ? turns : inUse(devices).device));
}
