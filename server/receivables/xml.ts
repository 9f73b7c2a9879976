import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element as the parser gives it: text, or its children and attributes by name. */
export type Element = string | { readonly [name: string]: Element | readonly Element[] };

const deepest = 40;

/**
 * Parses an XML document that comes from outside: no document types and no entities of its own, not deeper than any bank writes. Names lose
 * their namespace prefix; attributes begin with `@`; every value is text.
 *
 * @throws Error saying what is wrong, with the line if the document is not well-formed.
 */
export function parseXml(text: string): Element {
  if (/<!\s*(DOCTYPE|ENTITY)/i.test(text))
    throw new Error('it has a document type or entities, which statements never have');
  const checked = XMLValidator.validate(text);
  if (checked !== true) throw new Error(`it is not well-formed XML: line ${checked.err.line}: ${checked.err.msg}`);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    removeNSPrefix: true,
    parseTagValue: false,
    // Characters by number (&#252;) are decoded with these; without a document type there are no others.
    htmlEntities: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: deepest,
  });
  return parser.parse(text) as Element;
}

/** The elements at a path: `Bal`, `NtryDtls/TxDtls`. */
export function elementsAt(element: Element | undefined, path: string): readonly Element[] {
  let found: readonly Element[] = element === undefined ? [] : [element];
  for (const name of path.split('/')) {
    found = found.flatMap((one) => {
      const child = typeof one === 'string' ? undefined : one[name];
      return child === undefined ? [] : Array.isArray(child) ? (child as readonly Element[]) : [child as Element];
    });
  }
  return found;
}

/** The text of the first element at one of the paths that has any; empty if none has. */
export function textAt(element: Element | undefined, ...paths: readonly string[]): string {
  for (const path of paths) {
    for (const found of elementsAt(element, path)) {
      const text = typeof found === 'string' ? found : found['#text'];
      if (typeof text === 'string' && text.trim() !== '') return text.trim();
    }
  }
  return '';
}

/** An attribute of the first element at a path; empty if it has none. */
export function attributeAt(element: Element | undefined, path: string, name: string): string {
  const [found] = elementsAt(element, path);
  const value = found === undefined || typeof found === 'string' ? undefined : found[`@${name}`];
  return typeof value === 'string' ? value : '';
}
