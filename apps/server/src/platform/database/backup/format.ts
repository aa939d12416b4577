import { z } from 'zod';

/**
 * The backup format. A file is one line of plain text, `TRELLIS-BACKUP <version>`, then a zstd stream of frames. A frame
 * is a type (one ASCII letter), the payload's length (32 bits, big-endian) and the payload:
 *
 *     H                 header, JSON
 *     (T D* E)*         a table: what it is (JSON), rows as PostgreSQL's COPY text, its end (JSON: bytes, hash)
 *     (F D* E)*         a file: what it is (JSON), its bytes, its end
 *     Z                 the end of the backup (JSON: how many tables and files)
 *
 * COPY text is the same in every major version of PostgreSQL, so a backup is the way from one to the next.
 */
export const formatVersion = 1;

/** First words of the first line. */
export const magic = 'TRELLIS-BACKUP';

/** The letters that begin frames. */
export const frameTypes = ['H', 'T', 'F', 'D', 'E', 'Z'] as const;

/** A frame's letter. */
export type FrameType = (typeof frameTypes)[number];

/** One unit of the stream. */
export interface Frame {
  readonly type: FrameType;
  readonly payload: Buffer;
}

/** Payloads above this are split by the writer and refused by the reader. */
export const maxPayloadBytes = 1 << 20;

/** What the backup is of. */
export const headerSchema = z.object({
  createdAt: z.string(),
  /** Version of Trellis that wrote it. */
  product: z.string(),
  /** Of PostgreSQL, for people. */
  database: z.string(),
  migrations: z.array(z.object({ number: z.int(), name: z.string(), checksum: z.string() })),
  /** Partitions that came into being at run time, parents first. */
  partitions: z.array(z.object({ table: z.string(), parent: z.string(), bound: z.string() })),
  sequences: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Whether uploaded files and generated keys are in it; they are not when an object store or the environment has them. */
  contains: z.object({ files: z.boolean(), keys: z.boolean() }),
});

/** What the backup is of. */
export type BackupHeader = z.infer<typeof headerSchema>;

/** A table and the columns in the order of its rows. */
export const tableSchema = z.object({ table: z.string(), columns: z.array(z.string()).min(1) });

/** A file: which folder of the data folder, and the path below it with forward slashes. */
export const fileSchema = z.object({
  area: z.enum(['files', 'secrets']),
  path: z.string().refine(isPlainPath, 'a path that leaves its folder'),
});

/** A file of the backup. */
export type BackupFile = z.infer<typeof fileSchema>;

/** The end of a table or file. */
export const sectionEndSchema = z.object({ bytes: z.int(), sha256: z.string() });

/** The end of the backup. */
export const backupEndSchema = z.object({ tables: z.int(), files: z.int() });

/** A backup is data from outside: a path in it must stay below the folder it is restored to. */
function isPlainPath(path: string): boolean {
  return path !== '' && !path.includes('\\') && !path.includes('\0') && path.split('/').every(isPlainName);
}

function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..';
}
