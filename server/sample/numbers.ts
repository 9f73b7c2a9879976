/** Numbers that people call and networks they visit, by the zone that the look-up tables give them. */
import type { Zone } from './habits.ts';
import { pick, type Random, whole } from './random.ts';

export const homeNetwork = '26299';

const prefixes: Readonly<Record<Zone, readonly string[]>> = {
  home: ['+4930', '+4940', '+4989', '+49221', '+49151', '+49160', '+49172', '+49176'],
  eu: ['+431', '+331', '+3902', '+34912', '+35121', '+48226', '+46812', '+31201', '+35318', '+35850', '+42022'],
  efta: ['+4144', '+4122', '+47223', '+35455'],
  world: ['+44207', '+44790', '+1212', '+1415', '+90212', '+86139', '+55119', '+91981'],
  premium: ['+49900', '+49180', '+49137', '+49900'],
};

const networks = {
  zone_1: ['23201', '22801', '20801', '22201', '21401', '26803', '26002', '24001', '24491', '20404', '24201', '23801'],
  zone_2: ['23410', '310260', '28601', '44010', '52501', '50501', '42402', '72410'],
} as const;

/** E.164, in the zone asked for. */
export function numberIn(random: Random, zone: Zone): string {
  return pick(random, prefixes[zone]) + whole(random, 1_000_000, 9_999_999);
}

/** PLMN of a network abroad. */
export function networkIn(random: Random, zone: 'zone_1' | 'zone_2'): string {
  return pick(random, networks[zone]);
}
