/**
 * Elements of UBL as `@e-invoice-eu/core` takes them: by qualified name, attributes as `element@attribute`. What is undefined or
 * empty is left out, because EN 16931 allows no empty elements.
 */
export interface UblNode {
  readonly [name: string]: string | UblNode | readonly string[] | readonly UblNode[] | undefined;
}

/** The same without empty elements and without characters that XML 1.0 cannot hold. */
export function cleaned(node: UblNode): UblNode {
  const entries = Object.entries(node).flatMap(([name, value]) => {
    const clean = cleanedValue(value);
    return clean === undefined ? [] : [[name, clean] as const];
  });
  const names = new Set(entries.map(([name]) => name));
  // An attribute goes with its element.
  return Object.fromEntries(entries.filter(([name]) => names.has(name.split('@')[0] ?? name)));
}

function cleanedValue(value: UblNode[string]): UblNode[string] {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return printable(value) || undefined;
  if (Array.isArray(value)) {
    const items = value.flatMap((item: string | UblNode) => cleanedValue(item) ?? []);
    return items.length > 0 ? (items as readonly UblNode[]) : undefined;
  }
  const node = cleaned(value as UblNode);
  return Object.keys(node).length > 0 ? node : undefined;
}

function printable(text: string): string {
  return text.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ' ').trim();
}
