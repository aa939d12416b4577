import type { DocumentPart } from '../document.ts';
import { factsOf, formatOf } from '../format.ts';
import { defaultExtractionLimits } from '../limits.ts';
import { type ReadableFormat, readers } from '../readers/registry.ts';

/** Reads a document in this process, as the reading process does. */
export async function readParts(name: string, content: string | Uint8Array): Promise<DocumentPart[]> {
  const extension = name.slice(name.lastIndexOf('.'));
  const format = formatOf({ extension, mimeType: null }) as ReadableFormat;
  const read = await readers[format]();
  const parts: DocumentPart[] = [];
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { archive } = defaultExtractionLimits;
  for await (const part of read({ bytes, label: factsOf(format).label, archive })) parts.push(part);
  return parts;
}

/** The whole text of a document, read in this process. */
export async function readWhole(name: string, content: string | Uint8Array): Promise<string> {
  const parts = await readParts(name, content);
  const { separator } = factsOf(formatOf({ extension: name.slice(name.lastIndexOf('.')), mimeType: null }));
  return parts.map(({ text }) => text).join(separator);
}
