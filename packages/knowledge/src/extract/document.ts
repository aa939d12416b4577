/** A file whose text is wanted. */
export interface DocumentFile {
  /** Shown in errors. */
  readonly name: string;
  /** With or without a dot, any case; decides the format when there is one. */
  readonly extension: string | null;
  /** Decides the format of files without an extension. */
  readonly mimeType: string | null;
  /** The bytes, or a stream of them (of a path: `createReadStream(path)`). */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

/** A piece of a document that stands for itself: a page, a sheet, a slide, a chapter, or all of it. */
export interface DocumentPart {
  /** Lines end with a line feed. */
  readonly text: string;
  readonly metadata: PartMetadata;
}

/** Where in the document a part stands; numbers count from 1. */
export interface PartMetadata {
  readonly page?: number;
  readonly slide?: number;
  readonly sheet?: string;
}
