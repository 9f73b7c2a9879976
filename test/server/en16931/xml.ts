import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element of an e-invoice, by local name; the prefix says only whether it is basic (`cbc`) or aggregate (`cac`). */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}

interface Parsed {
  readonly [name: string]: unknown;
}

/** @throws Error when the text is not well-formed. */
export function readXml(xml: string): Element {
  const faults = XMLValidator.validate(xml);
  if (faults !== true) throw new Error(`${faults.err.msg} in line ${faults.err.line}`);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
  });
  const nodes = parser.parse(xml) as readonly Parsed[];
  const root = nodes.map(toElement).find((element) => element !== undefined && element.name !== '?xml');
  if (!root) throw new Error('no element');
  return root;
}

function toElement(node: Parsed): Element | undefined {
  const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
  if (name === undefined) return undefined;
  const content = node[name] as readonly Parsed[];
  return {
    name,
    attributes: (node[':@'] ?? {}) as Readonly<Record<string, string>>,
    text: content
      .map((child) => ('#text' in child ? String(child['#text']) : ''))
      .join('')
      .trim(),
    children: content.flatMap((child) => toElement(child) ?? []),
  };
}

/** All elements at a path of names below an element: `cac:Party/cbc:Name`. */
export function at(element: Element, path: string): readonly Element[] {
  return path
    .split('/')
    .reduce<readonly Element[]>(
      (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [element],
    );
}

export function textAt(element: Element, path: string): string {
  return at(element, path)[0]?.text ?? '';
}

export function everywhere(element: Element): readonly Element[] {
  return [element, ...element.children.flatMap(everywhere)];
}

/** Exact, in hundredths of a cent, so that nothing is lost in a float. */
export function amountOf(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(text);
  if (!match) throw new Error(`"${text}" is no amount`);
  const value = BigInt(`${match[2]}${(match[3] ?? '').padEnd(4, '0')}`);
  return match[1] ? -value : value;
}

export function sumAt(elements: readonly Element[], path: string): bigint {
  return elements.reduce((sum, element) => sum + amountOf(textAt(element, path) || '0'), 0n);
}
