/** Identifiers of banks carry check digits (ISO 7064 MOD 97-10), which tell a slip of the pen from an account. */

/** IBAN as ISO 13616 writes it, with or without blanks. */
export function isIban(text: string): boolean {
  const iban = text.replaceAll(' ', '');
  return /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(iban) && remainder(iban.slice(4) + iban.slice(0, 4)) === 1n;
}

/** SEPA creditor identifier (EPC262-08): its business code, characters 5 to 7, does not count. */
export function isCreditorId(text: string): boolean {
  return /^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$/.test(text) && remainder(text.slice(7) + text.slice(0, 4)) === 1n;
}

/** The two check digits that make an IBAN of a country and an account there. */
export function checkDigits(country: string, account: string): string {
  return String(98n - remainder(`${account}${country}00`)).padStart(2, '0');
}

/** Of 97, letters counted as 10 to 35. */
function remainder(text: string): bigint {
  return BigInt(text.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))) % 97n;
}
