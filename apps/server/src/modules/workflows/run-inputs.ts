import { type FileValue, fileValue } from '@trellis/engine';
import { checkInputs, type Features, InputError, type StartVariable } from '@trellis/graph';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { storableText } from '../../platform/database-json.ts';
import { invalidParam } from '../../platform/errors.ts';
import { fileCategory } from '../../platform/uploads/file-category.ts';
import type { FileStoreTable } from '../files/store.ts';
import type { TurnFileChecker } from '../turns/files.ts';
import type { Asker, TurnFile } from '../turns/turn.ts';

/** Whose inputs are checked. */
interface Sender {
  scope: WorkspaceScope;
  asker: Asker;
}

/** Checks what a run of a graph is started with, and turns files into the values that nodes see. */
export class RunInputs {
  readonly #checker: TurnFileChecker;
  readonly #table: FileStoreTable;
  readonly #fileUrl: (uploadFileId: string) => string;

  constructor(options: {
    checker: TurnFileChecker;
    table: FileStoreTable;
    fileUrl: (uploadFileId: string) => string;
  }) {
    this.#checker = options.checker;
    this.#table = options.table;
    this.#fileUrl = options.fileUrl;
  }

  /** The inputs of the form; 400 naming the first field that does not fit. */
  async check(
    sender: Sender,
    form: readonly StartVariable[],
    given: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown>> {
    const checked = withWords(() => checkInputs(form, given));
    for (const field of form) {
      const value = checked[field.variable];
      if (value === null || value === undefined) continue;
      if (typeof value === 'string') checked[field.variable] = storableText(value);
      if (field.type === 'file') {
        checked[field.variable] = await this.#file(
          sender,
          await this.#checkFile(sender, field, value),
          value,
        );
      } else if (field.type === 'file-list' || field.type === 'files') {
        const files = (await this.#checkFile(sender, field, value)) as unknown as TurnFile[];
        checked[field.variable] = await Promise.all(files.map((file) => this.value(sender.scope, file)));
      }
    }
    return checked;
  }

  /** The files that come with the message or the run; none when the app takes none. */
  async checkFiles(sender: Sender, features: Features, files: unknown[]): Promise<TurnFile[]> {
    const { image: _legacy, ...upload } = features.file_upload as Record<string, unknown>;
    return this.#checker.checkMessageFiles({ ...sender, config: { file_upload: upload }, files });
  }

  /** A checked file as the value that nodes see. */
  async value(scope: WorkspaceScope, file: TurnFile): Promise<FileValue> {
    if (file.uploadFileId === null) return remoteFile(file);
    const upload = await this.#table.find(scope, file.uploadFileId);
    if (!upload) throw invalidParam('Invalid upload file', 'files');
    return fileValue({
      type: file.type as FileValue['type'],
      transfer_method: 'local_file',
      reference: upload.id,
      related_id: upload.id,
      filename: upload.name,
      extension: upload.extension === '' ? null : `.${upload.extension}`,
      mime_type: upload.mimeType,
      size: upload.sizeBytes,
      url: this.#fileUrl(upload.id),
    });
  }

  /** A value as somebody wrote it into a trial: mappings of files become the values that nodes see. */
  async revive(sender: Sender, name: string, value: unknown): Promise<unknown> {
    if (Array.isArray(value) && value.length > 0 && value.every(isFileMapping)) {
      return Promise.all(value.map((one) => this.revive(sender, name, one)));
    }
    if (!isFileMapping(value)) return value;
    const file = await this.#checker.checkInput({
      ...sender,
      field: { control: 'file', variable: name, label: name, required: false, settings: anyFile },
      value,
    });
    return this.value(sender.scope, file as TurnFile);
  }

  #checkFile(sender: Sender, field: StartVariable, value: unknown): Promise<TurnFile> {
    const { variable, label, required } = field;
    const control = field.type === 'file' ? 'file' : 'file-list';
    return this.#checker.checkInput({
      ...sender,
      field: { control, variable, label, required, settings: field },
      value,
    }) as Promise<TurnFile>;
  }

  /** A single file must be what it is said to be (spec: service API §1.11). */
  async #file(sender: Sender, file: TurnFile, given: unknown): Promise<FileValue> {
    const value = await this.value(sender.scope, file);
    const declared = (given as { type?: unknown }).type;
    if (file.uploadFileId !== null && typeof declared === 'string' && declared !== 'custom') {
      const detected = fileCategory({
        extension: (value.extension ?? '').replace(/^\./, ''),
        mimeType: value.mime_type ?? '',
      });
      if (detected !== declared) {
        throw invalidParam(
          'Detected file type does not match the specified type. Please verify the file.',
          'inputs',
        );
      }
    }
    return value;
  }
}

/** Trials take files of every kind: the node says what it cannot do with one. */
const anyFile = { allowed_file_types: ['image', 'document', 'audio', 'video', 'custom'] };

/** How a request names a file (spec: service API §1.11); values that came out of a run are told apart by their mark. */
function isFileMapping(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && 'type' in value && 'transfer_method' in value && !('dify_model_identity' in value);
}

function remoteFile(file: TurnFile): FileValue {
  const url = file.url ?? '';
  const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '') || null;
  const extension = name?.includes('.') ? name.slice(name.lastIndexOf('.')) : null;
  return fileValue({
    type: file.type as FileValue['type'],
    transfer_method: 'remote_url',
    remote_url: url,
    url,
    filename: name,
    extension,
  });
}

function withWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) throw invalidParam(error.message, error.variable);
    throw error;
  }
}
