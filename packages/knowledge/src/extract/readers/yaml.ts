import { type Document, parseAllDocuments, stringify, type Tags } from 'yaml';
import { ExtractionError, tooDeep } from '../errors.ts';
import { decodeText } from '../shared/decode-text.ts';
import { type Reader, wholeText } from './reader.ts';

/** How often an alias may stand for what it names. */
const maxAliases = 1_000;

/** Dates stay as they are written, and mappings mappings although their order is kept. */
const options = {
  version: '1.1',
  logLevel: 'silent',
  customTags: (tags: Tags) =>
    tags.filter((tag) => typeof tag === 'string' || !/:(timestamp|omap|set|pairs)$/.test(tag.tag)),
} as const;

/** YAML, written anew: without comments, each value in its plain form. */
export const readYaml: Reader = ({ bytes }) => {
  const documents = parseAllDocuments(decodeText(bytes), { ...options, uniqueKeys: false });
  // Nothing but comments parses to no document at all.
  if (!Array.isArray(documents)) return wholeText('');
  const texts = documents.map((document) => stringify(readValue(document), { ...options, lineWidth: 0 }));
  return wholeText(texts.join('---\n'));
};

function readValue(document: Document.Parsed): unknown {
  const [problem] = document.errors;
  if (problem) {
    const reason = problem.message.split('\n', 1)[0] ?? '';
    // The parser tells its own exhaustion as a fault of the text.
    if (reason.includes('call stack')) throw tooDeep();
    throw new ExtractionError('document_damaged', `The file is not valid YAML: ${reason.replace(/:$/, '')}.`);
  }
  try {
    return document.toJS({ mapAsMap: true, maxAliasCount: maxAliases });
  } catch (cause) {
    // A few aliases inside of each other make a document of any size.
    if (!(cause instanceof ReferenceError)) throw cause;
    throw new ExtractionError('document_too_large', 'The file is not read: its aliases multiply.', { cause });
  }
}
