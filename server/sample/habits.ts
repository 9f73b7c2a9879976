/** How a subscriber uses the phone: amounts per full cycle and tastes, from which months are drawn. */
import { pickWeighted, type Random, whole } from './random.ts';

export type PlanId = 'flex' | 'talk' | 'business' | 'business_data';

export type Zone = 'home' | 'eu' | 'efta' | 'world' | 'premium';

export interface Habits {
  readonly appetite: 'light' | 'normal' | 'heavy' | 'very heavy' | 'extreme';
  /** Mobile data of a full cycle. */
  readonly bytes: number;
  /** Average length of a call. */
  readonly callSeconds: number;
  /** Relative number of records. */
  readonly activity: number;
  /** Shares of all records, the rest is voice. */
  readonly dataShare: number;
  readonly smsShare: number;
  /** Where calls and messages go, by weight. */
  readonly calls: readonly (readonly [Zone, number])[];
  readonly roams: 'zone_1' | 'zone_2' | null;
  readonly worksInOffice: boolean;
}

export const gigabyte = 1_000_000_000;

/** Heavy and extreme users make sure that every tier of a graduated price is reached. */
export function habitsOf(random: Random, plan: PlanId): Habits {
  const business = plan === 'business' || plan === 'business_data';
  const appetite = pickWeighted(
    random,
    plan === 'talk' || plan === 'business'
      ? ([
          ['light', 50],
          ['normal', 40],
          ['heavy', 10],
        ] as const)
      : ([
          ['light', 22],
          ['normal', 50],
          ['heavy', 20],
          ['very heavy', 6],
          ['extreme', 2],
        ] as const),
  );
  const [least, most] = gigabytes[appetite];
  const abroad = random() < 0.15;
  const writes = random() < 0.05;
  return {
    appetite,
    bytes: Math.round((least + random() * (most - least)) * gigabyte),
    callSeconds: random() < 0.2 || plan === 'talk' ? whole(random, 300, 560) : whole(random, 80, 240),
    activity: 0.5 + random(),
    dataShare: writes ? 0.28 : 0.38 + random() * 0.12,
    smsShare: writes ? 0.6 : 0.08 + random() * 0.14,
    calls: abroad
      ? [
          ['home', 60],
          ['eu', 22],
          ['efta', 5],
          ['world', 11],
          ['premium', 2],
        ]
      : [
          ['home', 91],
          ['eu', 5],
          ['efta', 1],
          ['world', 1.5],
          ['premium', 1.5],
        ],
    roams: pickWeighted(random, [
      [null, business ? 72 : 84],
      ['zone_1', business ? 20 : 12],
      ['zone_2', business ? 8 : 4],
    ] as const),
    worksInOffice: business,
  };
}

const gigabytes = {
  light: [0.4, 3],
  normal: [3, 9],
  heavy: [18, 44],
  'very heavy': [56, 90],
  extreme: [165, 230],
} as const;
