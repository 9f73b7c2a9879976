/** Orders for phones and accessories: most done, some on their way, some past the day they were promised for. */
import { join } from 'node:path';
import type { SampleAccount } from './company.ts';
import { openCsv } from './csv.ts';
import { type DayNumber, isoDate, runIssuedOn } from './dates.ts';
import { cents } from './old-price-list.ts';
import { pickWeighted, randomStream, topic, whole } from './random.ts';

const categories = [
  ['phone', 45],
  ['accessories', 25],
  ['router', 15],
  ['tablet', 10],
  ['console', 5],
] as const;

/** Whole euros, from least to most. */
const prices = {
  phone: [199, 1149],
  accessories: [15, 120],
  router: [79, 260],
  tablet: [299, 899],
  console: [349, 549],
} as const;

/** About one customer in six has an order. */
export function writeOrders(folder: string, seed: number, company: readonly SampleAccount[]): void {
  const file = openCsv(join(folder, 'orders.csv'), [
    'order_id',
    'customer_id',
    'category',
    'value',
    'currency',
    'placed_at',
    'due_on',
    'shipped_at',
    'completed_at',
  ]);
  let orders = 0;
  company.forEach(({ customer }, position) => {
    const random = randomStream(seed, topic.order, position);
    if (position === 0 || random() > 0.17) return;
    orders++;
    const category = pickWeighted(random, categories);
    const [least, most] = prices[category];
    const state = pickWeighted(random, [
      ['completed', 70],
      ['on its way', 18],
      ['overdue', 12],
    ] as const);
    const dueOn =
      state === 'overdue'
        ? runIssuedOn - whole(random, 1, 9)
        : state === 'on its way'
          ? runIssuedOn + whole(random, 1, 12)
          : runIssuedOn - whole(random, 10, 80);
    const placedOn = dueOn - whole(random, 13, 20);
    const completedOn = state === 'completed' ? dueOn - whole(random, -2, 4) : null;
    const shippedOn =
      completedOn !== null ? completedOn - 2 : state === 'on its way' && random() < 0.4 ? runIssuedOn - 1 : null;
    file.row([
      `O-${String(orders).padStart(6, '0')}`,
      customer.id,
      category,
      cents(BigInt(whole(random, least, most)) * 100n),
      'EUR',
      instant(placedOn, 10),
      isoDate(dueOn),
      instant(shippedOn, 14),
      instant(completedOn, 16),
    ]);
  });
  file.end();
}

function instant<T extends DayNumber | null>(day: T, hour: number): string | null {
  return day === null ? null : `${isoDate(day)}T${hour}:00:00Z`;
}
