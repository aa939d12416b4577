const mebibyte = 1024 * 1024;

/** What one extraction may use. */
export interface ExtractionLimits {
  /** Time that the reader works, in milliseconds; waiting for whoever takes the parts does not count. */
  readonly timeoutMs: number;
  /** Memory of the process that reads, in bytes. */
  readonly memoryBytes: number;
  /** Largest file, in bytes. */
  readonly maxFileBytes: number;
  /** Most text of one document, in bytes. */
  readonly maxTextBytes: number;
  readonly archive: ArchiveLimits;
}

/** What a zip archive may hold: most formats of office programs are one. */
export interface ArchiveLimits {
  readonly maxEntries: number;
  /** All entries together, unpacked, in bytes. */
  readonly maxUnpackedBytes: number;
  /** Unpacked over packed size, of archives that unpack to more than a megabyte. */
  readonly maxRatio: number;
}

/** Defaults of {@link ExtractionLimits}. */
export const defaultExtractionLimits: ExtractionLimits = {
  timeoutMs: 600_000,
  memoryBytes: 1024 * mebibyte,
  maxFileBytes: 200 * mebibyte,
  maxTextBytes: 64 * mebibyte,
  archive: { maxEntries: 10_000, maxUnpackedBytes: 500 * mebibyte, maxRatio: 200 },
};
