import { Parser } from 'htmlparser2';
import { tooDeep } from '../errors.ts';

/** Deeper than any document; parsers and readers keep a level of memory for each. */
const maxDepth = 1_000;

/** What reading XML calls, in document order. Names come without their prefix. */
export interface XmlHandler {
  open?(name: string, attributes: XmlAttributes): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Attributes by their name without its prefix, and by the whole name where they have one. */
export type XmlAttributes = Readonly<Record<string, string | undefined>>;

/**
 * Reads XML. Entities that a document declares are not known here, so they expand to nothing but their own name.
 *
 * Errors: `document_too_large` where elements stand too deep in each other.
 */
export function readXml(xml: string, handler: XmlHandler): void {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth += 1;
        if (depth > maxDepth) throw tooDeep();
        handler.open?.(localName(name), withoutPrefixes(attributes));
      },
      ontext: (text) => handler.text?.(text),
      onclosetag(name) {
        depth -= 1;
        handler.close?.(localName(name));
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function withoutPrefixes(attributes: Record<string, string>): XmlAttributes {
  const found: Record<string, string> = Object.assign(Object.create(null), attributes);
  for (const name in attributes) found[localName(name)] ??= attributes[name] ?? '';
  return found;
}
