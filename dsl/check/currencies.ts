const codes = new Set(Intl.supportedValuesOf('currency'));

/** Whether a word is a currency of ISO 4217. */
export function isCurrency(code: string): boolean {
  return codes.has(code);
}
