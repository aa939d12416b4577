import { isObject } from '@trellis/graph';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError } from '../../platform/errors.ts';
import { fileCategory } from '../../platform/uploads/file-category.ts';
import { type FileService, once } from '../files/file-service.ts';
import type { Asker } from '../turns/turn.ts';
import type { RunInputs } from '../workflows/run-inputs.ts';
import { ReceivedFile, WebhookBodyTooLarge } from './webhook-body.ts';
import { WebhookRefusal } from './webhook-refusal.ts';

/** Whose the files of a call become. */
export interface FileOwner {
  scope: WorkspaceScope;
  appId: string;
  asker: Asker;
}

/** Stores files that came with calls, and puts the values that nodes see in their places. */
export class WebhookFiles {
  readonly #files: FileService;
  readonly #inputs: RunInputs;

  constructor(options: { files: FileService; inputs: RunInputs }) {
    this.#files = options.files;
    this.#inputs = options.inputs;
  }

  /** The same values with stored files; each file is stored once, wherever it stands. Throws refusals. */
  async stored(owner: FileOwner, values: Record<string, unknown>): Promise<Record<string, unknown>> {
    const found = new Set<ReceivedFile>();
    collect(values, found);
    const known = new Map<ReceivedFile, unknown>();
    for (const file of found) known.set(file, await this.#store(owner, file));
    return replaced(values, known) as Record<string, unknown>;
  }

  async #store({ scope, appId, asker }: FileOwner, file: ReceivedFile): Promise<unknown> {
    try {
      const row = await this.#files.store(scope, {
        appId,
        asker,
        fileName: file.fileName,
        mimeType: file.mimeType,
        source: once(file.bytes),
      });
      const type = fileCategory({ extension: row.extension, mimeType: row.mimeType });
      return await this.#inputs.value(scope, {
        type,
        transferMethod: 'local_file',
        url: null,
        uploadFileId: row.id,
      });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'file_too_large') {
        throw new WebhookBodyTooLarge(error.message);
      }
      if (error instanceof ApiError && error.status < 500) throw new WebhookRefusal(error.message);
      throw error;
    }
  }
}

function collect(value: unknown, found: Set<ReceivedFile>): void {
  if (value instanceof ReceivedFile) found.add(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, found);
  else if (isObject(value)) for (const item of Object.values(value)) collect(item, found);
}

function replaced(value: unknown, known: ReadonlyMap<ReceivedFile, unknown>): unknown {
  if (value instanceof ReceivedFile) return known.get(value);
  if (known.size === 0) return value;
  if (Array.isArray(value)) return value.map((item) => replaced(item, known));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, known)]));
}
