/** Crockford's base 32: no I, L, O or U, so that a code can be read aloud and typed without guessing. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 17 random characters of 5 bits: 85 bits; the eighteenth is the check. */
const randomCharacters = 17;
const groupLength = 3;

/**
 * A new voucher code, `7HK-2QX-9FM-0TB-WC4-E8R`: 85 bits from `randomBytes` and a check character.
 *
 * @param randomBytes cryptographically strong; nobody can guess the next code from those seen.
 */
export function createVoucherCode(randomBytes: (count: number) => Uint8Array): string {
  const values = Array.from(randomBytes(randomCharacters), (byte) => byte & 31);
  return grouped([...values, checkOf(values)]);
}

/**
 * The canonical form of a code as a person typed it: letters in either case, with or without dashes and blanks, O for
 * 0, I or L for 1. Absent when it cannot be a code, because of its length, a character or its check.
 */
export function readVoucherCode(typed: string): string | undefined {
  if (typed.length > 100) return undefined;
  const text = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  const values = Array.from(text, (character) => alphabet.indexOf(character));
  if (values.length !== randomCharacters + 1 || values.includes(-1)) return undefined;
  return checkOf(values.slice(0, -1)) === values.at(-1) ? grouped(values) : undefined;
}

/**
 * Σ vᵢ·αⁱ over GF(32), α a root of the primitive polynomial x⁵ + x² + 1. Because the powers of α are all different up
 * to 31 places, every single wrong character and every exchange of two characters changes it.
 */
function checkOf(values: readonly number[]): number {
  return values.reduce((sum, value) => timesAlpha(sum ^ value), 0);
}

function timesAlpha(value: number): number {
  const shifted = value << 1;
  return shifted & 32 ? shifted ^ 0b100101 : shifted;
}

function grouped(values: readonly number[]): string {
  const text = values.map((value) => alphabet[value]).join('');
  return (text.match(new RegExp(`.{${groupLength}}`, 'g')) ?? []).join('-');
}
