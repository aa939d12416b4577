import type { DocumentFile, DocumentPart } from './document.ts';
import { ExtractionError } from './errors.ts';
import { factsOf, formatOf } from './format.ts';
import { defaultExtractionLimits, type ExtractionLimits } from './limits.ts';
import { type PartitionService, partition } from './partition-service.ts';
import { ProcessPool } from './process/process-pool.ts';

/** Reads the text of documents. */
export interface DocumentExtractor {
  /**
   * The parts of a document, as they are read. Leaving the loop ends the work.
   *
   * Errors: every `ExtractionError`.
   */
  parts(file: DocumentFile, signal?: AbortSignal): AsyncGenerator<DocumentPart, void, undefined>;
  /** The whole text of a document. Errors: every `ExtractionError`. */
  text(file: DocumentFile, signal?: AbortSignal): Promise<string>;
  /** What it takes of the machine now. */
  usage(): { readonly processes: number; readonly residentBytes: number };
  /** Ends all work. */
  close(): Promise<void>;
}

/** How to build a {@link DocumentExtractor}. */
export interface DocumentExtractorOptions {
  readonly limits?: Partial<ExtractionLimits>;
  /** Documents that are read at the same time (default 2). */
  readonly maxProcesses?: number;
  /** How long a process waits for the next document, in milliseconds (default 60,000). */
  readonly idleMs?: number;
  /** What reads the formats that nothing here can read; without it those fail in words. */
  readonly service?: PartitionService;
  /** Host user and group of the processes when the server runs as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

const mebibyte = 1024 * 1024;
/** Neither a user of the system nor the sandbox's. */
const defaultUser = { uid: 64_743, gid: 64_743 };

/** Builds the reader of documents. Nothing is started before the first document comes. */
export function createDocumentExtractor(options: DocumentExtractorOptions = {}): DocumentExtractor {
  const limits: ExtractionLimits = { ...defaultExtractionLimits, ...options.limits };
  const pool = new ProcessPool({
    size: options.maxProcesses ?? 2,
    idleMs: options.idleMs ?? 60_000,
    keepBelowBytes: Math.min(256 * mebibyte, limits.memoryBytes),
    // The rest is for what lies outside of the heap: the file itself and WebAssembly.
    heapMegabytes: Math.max(64, Math.floor((limits.memoryBytes / mebibyte) * 0.75)),
    // JSON writes some characters with six.
    maxFrameBytes: limits.maxTextBytes * 2 + mebibyte,
    user: options.user ?? defaultUser,
  });

  async function* parts(
    file: DocumentFile,
    signal?: AbortSignal,
  ): AsyncGenerator<DocumentPart, void, undefined> {
    const format = formatOf(file);
    const { service: use, label } = factsOf(format);
    if (use === 'needed' && !options.service) throw serviceRequired(label);
    const bytes = await collect(file.content, { maxBytes: limits.maxFileBytes, signal });
    if (use && options.service) {
      yield* await partition(
        options.service,
        { name: file.name, bytes },
        { signal, timeoutMs: limits.timeoutMs },
      );
      return;
    }
    const reader = await pool.acquire(signal);
    try {
      yield* reader.read({ format, label, archive: limits.archive, bytes }, { limits, signal });
    } finally {
      pool.release(reader);
    }
  }

  return {
    parts,
    async text(file, signal) {
      const texts: string[] = [];
      for await (const { text } of parts(file, signal)) texts.push(text);
      return texts.join(factsOf(formatOf(file)).separator);
    },
    usage: () => pool.usage(),
    close: async () => pool.close(),
  };
}

async function collect(
  content: DocumentFile['content'],
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  const tooLarge = () =>
    new ExtractionError(
      'document_too_large',
      `The file is larger than ${Math.floor(maxBytes / mebibyte)} MB.`,
    );
  if (content instanceof Uint8Array) {
    if (content.length > maxBytes) throw tooLarge();
    return content;
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of content) {
    if (signal?.aborted) throw new ExtractionError('extraction_aborted', 'The extraction was stopped.');
    length += piece.length;
    if (length > maxBytes) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function serviceRequired(label: string): ExtractionError {
  const words = `The file is ${label}, which only a document service can read.`;
  return new ExtractionError(
    'service_required',
    `${words} Save it in the newer format, or set ETL_TYPE=Unstructured and UNSTRUCTURED_API_URL.`,
  );
}
