/** Invoice numbers in what people and banks write: with blanks, without hyphens, in small letters, with a slip of the finger. */

/** Letters and digits only, in capitals: how invoice numbers are compared. The database has an index on the same. */
export function plainReference(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** The reference inside a creditor reference of ISO 11649 (`RF18…`) whose check digits are right; any other text as it is. */
export function insideCreditorReference(reference: string): string {
  const plain = plainReference(reference);
  return /^RF\d\d[A-Z0-9]{1,21}$/.test(plain) && modulo97(`${plain.slice(4)}${plain.slice(0, 4)}`) === 1
    ? plain.slice(4)
    : reference;
}

const shortest = 6;
const longest = 40;
/** What a bank hands over at most (140 characters in SEPA, more elsewhere) with room to spare. */
const mostText = 1_000;

/**
 * Everything in a text that could be a whole invoice number, plain: it ends where a group of digits ends and does not begin inside one, so
 * that 2026-0001 is not found in 2026-00012.
 */
export function possibleNumbers(text: string): readonly string[] {
  const { plain, inside } = plainWithGroups(text.slice(0, mostText));
  const found = new Set<string>();
  for (let end = shortest; end <= plain.length; end++) {
    if (!isDigit(plain[end - 1]) || inside[end]) continue;
    for (let start = Math.max(0, end - longest); start <= end - shortest; start++) {
      if (!inside[start]) found.add(plain.slice(start, end));
    }
  }
  return [...found];
}

/** Whether a text holds a number with exactly one slip: a character wrong, missing, too many, or two exchanged. */
export function readsLike(text: string, number: string): boolean {
  const { plain, inside } = plainWithGroups(text.slice(0, mostText));
  const wanted = plainReference(number);
  for (let start = 0; start < plain.length; start++) {
    if (inside[start]) continue;
    for (const length of [wanted.length, wanted.length - 1, wanted.length + 1]) {
      const end = start + length;
      if (end > plain.length || inside[end]) continue;
      if (isOneSlip(plain.slice(start, end), wanted)) return true;
    }
  }
  return false;
}

/** `inside[i]`: between the characters i−1 and i the text goes on with a digit after a digit, without anything between them. */
function plainWithGroups(text: string): { readonly plain: string; readonly inside: readonly boolean[] } {
  let plain = '';
  const inside: boolean[] = [];
  let apart = true;
  for (const character of text.toUpperCase()) {
    if (!/[A-Z0-9]/.test(character)) {
      apart = true;
      continue;
    }
    inside.push(!apart && isDigit(character) && isDigit(plain[plain.length - 1]));
    plain += character;
    apart = false;
  }
  return { plain, inside: [...inside, false] };
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** Damerau–Levenshtein distance of exactly one. */
function isOneSlip(written: string, wanted: string): boolean {
  if (written === wanted) return false;
  let same = 0;
  while (same < Math.min(written.length, wanted.length) && written[same] === wanted[same]) same++;
  if (written.length === wanted.length) {
    const swapped = written[same] === wanted[same + 1] && written[same + 1] === wanted[same];
    return (
      written.slice(same + 1) === wanted.slice(same + 1) ||
      (swapped && written.slice(same + 2) === wanted.slice(same + 2))
    );
  }
  return written.length < wanted.length
    ? written.slice(same) === wanted.slice(same + 1)
    : written.slice(same + 1) === wanted.slice(same);
}

/** The check of ISO 7064 MOD 97-10: letters count 10 to 35. */
function modulo97(text: string): number {
  return [...text].reduce((rest, character) => {
    const value = Number.parseInt(character, 36);
    return (rest * (value > 9 ? 100 : 10) + value) % 97;
  }, 0);
}
