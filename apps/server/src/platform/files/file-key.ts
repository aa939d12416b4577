import { randomUUID } from 'node:crypto';
import { FileStoreError } from './errors.ts';

declare const fileKeyBrand: unique symbol;

/**
 * Name of a stored object. Only `createFileKey` and `parseFileKey` make one, and neither puts anything into
 * it that a caller of the API chose: no traversal can be written down.
 */
export type FileKey = string & { readonly [fileKeyBrand]: true };

/** Top folders of the store and what they hold. */
export const FILE_AREAS = {
  /** Files that people uploaded. */
  uploads: 'upload_files',
  /** Files that tools and models made. */
  tools: 'tools',
  /** Values of runs that are too large for the run log. */
  runValues: 'run_values',
  /** Exports and imports in progress. */
  exchange: 'exchange',
} as const;

/** One of the top folders. */
export type FileArea = keyof typeof FILE_AREAS;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const EXTENSION = /^[a-z0-9]{1,16}$/;
const KEY = /^[a-z][a-z_]{1,31}\/[0-9a-f-]{36}\/[0-9a-f-]{36}(\.[a-z0-9]{1,16})?$/;
const AREA_NAMES: ReadonlySet<string> = new Set(Object.values(FILE_AREAS));

/**
 * Makes the key `area/workspace/id.extension`. An extension that is not plain letters and digits is left
 * out: it is a convenience for whoever looks at the bucket, not information.
 */
export function createFileKey(options: {
  area: FileArea;
  workspaceId: string;
  /** Lower-case UUID; a new one by default. */
  id?: string;
  extension?: string;
}): FileKey {
  const { area, workspaceId, id = randomUUID(), extension = '' } = options;
  if (!UUID.test(workspaceId) || !UUID.test(id)) throw invalidKey();
  const lower = extension.toLowerCase().replace(/^\./, '');
  const suffix = EXTENSION.test(lower) ? `.${lower}` : '';
  return `${FILE_AREAS[area]}/${workspaceId}/${id}${suffix}` as FileKey;
}

/** Reads a key that the database holds. Throws FileStoreError `file_key_invalid`. */
export function parseFileKey(text: string): FileKey {
  const [area = '', workspaceId = '', name = ''] = text.split('/');
  if (!KEY.test(text) || !AREA_NAMES.has(area) || !UUID.test(workspaceId) || !UUID.test(name.slice(0, 36))) {
    throw invalidKey();
  }
  return text as FileKey;
}

/** What `list` walks through: an area, or one workspace's part of it. */
export interface FilePrefix {
  readonly area: FileArea;
  readonly workspaceId?: string;
}

/** The prefix as the start of keys, with its final slash. */
export function prefixOf(prefix: FilePrefix): string {
  if (prefix.workspaceId === undefined) return `${FILE_AREAS[prefix.area]}/`;
  if (!UUID.test(prefix.workspaceId)) throw invalidKey();
  return `${FILE_AREAS[prefix.area]}/${prefix.workspaceId}/`;
}

function invalidKey(): FileStoreError {
  return new FileStoreError('file_key_invalid', 'This is not the key of a stored file.');
}
