import type { DocumentPart } from '../document.ts';
import type { ArchiveLimits } from '../limits.ts';

/** A document in memory, of a known format. */
export interface ReaderInput {
  readonly bytes: Uint8Array;
  /** What the format is called, for errors. */
  readonly label: string;
  readonly archive: ArchiveLimits;
}

/**
 * Reads one format. Runs in a process of its own, where it may take its time and fail in any way; what it throws besides
 * `ExtractionError` is told as damage of the file.
 */
export type Reader = (input: ReaderInput) => Iterable<DocumentPart> | AsyncIterable<DocumentPart>;

/** The parts of a document that is one piece. */
export function wholeText(text: string): DocumentPart[] {
  return [{ text, metadata: {} }];
}
