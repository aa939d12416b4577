import { createReadStream } from 'node:fs';
import { BackupError } from './errors.ts';
import {
  type BackupFile,
  type BackupHeader,
  backupEndSchema,
  type Frame,
  fileSchema,
  headerSchema,
  tableSchema,
} from './format.ts';
import { parsePayload, readFrames, sectionContent } from './frames.ts';

/** Takes what a backup holds, in its order. Content must be read to its end. */
export interface BackupReceiver {
  header(header: BackupHeader): Promise<void>;
  table(
    description: { readonly table: string; readonly columns: readonly string[] },
    rows: AsyncIterable<Buffer>,
  ): Promise<void>;
  file(description: BackupFile, content: AsyncIterable<Buffer>): Promise<void>;
}

/** How much a backup holds. */
export interface BackupCounts {
  readonly tables: number;
  readonly files: number;
}

/** Reads the backup file at `path` from start to end. Throws BackupError when anything about it is wrong. */
export async function readBackup(path: string, receiver: BackupReceiver): Promise<BackupCounts> {
  const frames = readFrames(createReadStream(path));
  const first = await frames.next();
  if (first.done === true || first.value.type !== 'H') {
    throw new BackupError('backup_incomplete', 'The backup has no header: it was not written to its end.');
  }
  await receiver.header(parsePayload(headerSchema, first.value));
  const counts = { tables: 0, files: 0 };
  for (;;) {
    const { done, value: frame } = await frames.next();
    if (done === true)
      throw new BackupError('backup_incomplete', 'The backup has no end: it was not written to its end.');
    if (frame.type === 'Z') {
      const end = parsePayload(backupEndSchema, frame);
      // Nothing may follow.
      const { done: ended } = await frames.next();
      if (ended === true && end.tables === counts.tables && end.files === counts.files) return counts;
      throw new BackupError('backup_damaged', 'The backup is damaged: tables or files are missing from it.');
    }
    await readSection(frame, frames, receiver);
    counts[frame.type === 'T' ? 'tables' : 'files'] += 1;
  }
}

async function readSection(
  frame: Frame,
  frames: AsyncIterator<Frame>,
  receiver: BackupReceiver,
): Promise<void> {
  const content = sectionContent(frames);
  if (frame.type === 'T') return receiver.table(parsePayload(tableSchema, frame), content);
  if (frame.type === 'F') return receiver.file(parsePayload(fileSchema, frame), content);
  throw new BackupError('backup_damaged', 'The backup is damaged: its parts are out of order.');
}

/** Reads a backup without using it: every count and hash is compared. Returns its header and what it holds. */
export async function checkBackup(path: string): Promise<{ readonly header: BackupHeader } & BackupCounts> {
  let header: BackupHeader | undefined;
  const drain = async (content: AsyncIterable<Buffer>): Promise<void> => {
    for await (const _chunk of content);
  };
  const counts = await readBackup(path, {
    header: async (read) => {
      header = read;
    },
    table: (_description, rows) => drain(rows),
    file: (_description, content) => drain(content),
  });
  if (header === undefined) throw new BackupError('backup_incomplete', 'The backup has no header.');
  return { header, ...counts };
}
