import { type FileValue, fileValue } from '@trellis/engine';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { invalidParam } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import { fileCategory } from '../../platform/uploads/file-category.ts';
import type { FormField, PromptConfig } from '../apps/prompt-config.ts';
import type { FileStoreTable } from '../files/store.ts';
import type { Asker, TurnFile } from './turn.ts';

/** A file mapping as callers send it (spec: service API §1.11). */
interface FileMapping {
  type: string;
  transfer_method: string;
  url?: string;
  upload_file_id?: string;
}

/** What an app allows of files. */
interface FileRules {
  types: readonly string[];
  extensions: readonly string[];
  methods: readonly string[];
  maxFiles: number;
  /** What the limit counts, as its message says it. */
  counted: 'files' | 'image files';
}

const fileTypes = ['image', 'document', 'audio', 'video', 'custom'];

/** Checks the files of a turn: whose they are, and whether the app takes them. */
export class TurnFileChecker {
  readonly #files: FileStoreTable;

  constructor(files: FileStoreTable) {
    this.#files = files;
  }

  /** The value of a `file` or `file-list` input, as it is stored with the turn. */
  async checkInput(input: {
    scope: WorkspaceScope;
    asker: Asker;
    field: FormField;
    value: unknown;
  }): Promise<TurnFile | TurnFile[]> {
    const { field, value } = input;
    const rules = rulesOf(
      field.settings,
      typeof field.settings['max_length'] === 'number' ? field.settings['max_length'] : 0,
    );
    if (field.control === 'file') {
      const mapping = asMapping(value);
      if (!mapping) throw invalidParam(`${field.variable} in input form must be a file`, field.variable);
      return this.#check({ ...input, mapping, rules });
    }
    if (!Array.isArray(value)) {
      throw invalidParam(`${field.variable} in input form must be a list of files`, field.variable);
    }
    const mappings = value.map(asMapping).filter((mapping) => mapping !== null);
    if (rules.maxFiles > 0 && mappings.length > rules.maxFiles) {
      throw invalidParam(`Number of files exceeds the maximum limit ${rules.maxFiles}`, field.variable);
    }
    return Promise.all(mappings.map((mapping) => this.#check({ ...input, mapping, rules })));
  }

  /** A checked file as it is kept among the inputs: the file object of the wire. Its address is signed when it is read. */
  async describe(scope: WorkspaceScope, file: TurnFile): Promise<FileValue> {
    const upload = file.uploadFileId === null ? null : await this.#files.find(scope, file.uploadFileId);
    const name = upload?.name ?? nameOf(file.url ?? '');
    return fileValue({
      type: file.type as FileValue['type'],
      transfer_method: file.transferMethod,
      reference: file.uploadFileId,
      related_id: file.uploadFileId,
      remote_url: file.url,
      url: file.url,
      filename: name === '' ? null : name,
      extension: name.includes('.') ? name.slice(name.lastIndexOf('.')).toLowerCase() : null,
      mime_type: upload?.mimeType ?? null,
      size: upload?.sizeBytes ?? -1,
    });
  }

  /** The files that go with the message; ignored when the app takes none. */
  async checkMessageFiles(input: {
    scope: WorkspaceScope;
    asker: Asker;
    config: Pick<PromptConfig, 'file_upload'>;
    files: unknown[];
  }): Promise<TurnFile[]> {
    const rules = messageRules(input.config);
    if (!rules) return [];
    const mappings = input.files.map(asMapping).filter((mapping) => mapping !== null);
    if (mappings.length > rules.maxFiles) {
      throw invalidParam(`Number of ${rules.counted} exceeds the maximum limit ${rules.maxFiles}`, 'files');
    }
    return Promise.all(mappings.map((mapping) => this.#check({ ...input, mapping, rules })));
  }

  async #check(input: {
    scope: WorkspaceScope;
    asker: Asker;
    mapping: FileMapping;
    rules: FileRules;
  }): Promise<TurnFile> {
    const { mapping, rules } = input;
    if (!rules.methods.includes(mapping.transfer_method)) {
      throw invalidParam(
        `File validation failed for file: ${mapping.url ?? mapping.upload_file_id ?? ''}`,
        'files',
      );
    }
    if (mapping.transfer_method === 'remote_url') return this.#checkRemote(mapping, rules);
    const id = mapping.upload_file_id ?? '';
    const upload = isUuid(id) ? await this.#files.findOf(input.scope, input.asker, id) : null;
    if (!upload) throw invalidParam('Invalid upload file', 'files');
    const type = mapping.type === 'custom' ? 'custom' : mapping.type || fileCategory(upload);
    assertAllowed({ type, extension: upload.extension, name: upload.name }, rules);
    return { type, transferMethod: 'local_file', url: null, uploadFileId: upload.id };
  }

  #checkRemote(mapping: FileMapping, rules: FileRules): TurnFile {
    const url = mapping.url ?? '';
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw invalidParam('Invalid file url', 'files');
    const name = nameOf(url);
    const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '';
    const type = mapping.type || fileCategory({ extension: extension.toLowerCase(), mimeType: '' });
    assertAllowed({ type, extension, name: name === '' ? url : name }, rules);
    return { type, transferMethod: 'remote_url', url, uploadFileId: null };
  }
}

/** The last part of an address's path. */
function nameOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  return path.slice(path.lastIndexOf('/') + 1);
}

function asMapping(value: unknown): FileMapping | null {
  if (typeof value !== 'object' || value === null) return null;
  const mapping = value as Record<string, unknown>;
  const { type, transfer_method: method, url } = mapping;
  // A file object that the server gave out names the upload by `related_id`.
  const id = mapping['upload_file_id'] ?? mapping['related_id'];
  if (method !== 'local_file' && method !== 'remote_url') return null;
  if (method === 'remote_url' && (typeof url !== 'string' || url === '')) return null;
  if (type !== undefined && !fileTypes.includes(String(type))) {
    throw invalidParam(`File type ${String(type)} is not known; use ${fileTypes.join(', ')}`, 'files');
  }
  return {
    type: typeof type === 'string' ? type : '',
    transfer_method: method,
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof id === 'string' ? { upload_file_id: id } : {}),
  };
}

function assertAllowed(file: { type: string; extension: string; name: string }, rules: FileRules): void {
  const extension = file.extension.toLowerCase().replace(/^\./, '');
  const listed = rules.extensions.map((item) => item.toLowerCase().replace(/^\./, ''));
  const allowed =
    rules.types.includes(file.type) && file.type !== 'custom'
      ? true
      : rules.types.includes('custom') && listed.includes(extension);
  if (!allowed) throw invalidParam(`File validation failed for file: ${file.name}`, 'files');
}

function rulesOf(settings: Record<string, unknown>, maxFiles: number): FileRules {
  const list = (key: string, otherwise: string[]) => {
    const value = settings[key];
    return Array.isArray(value) && value.length > 0 ? value.map(String) : otherwise;
  };
  return {
    types: list('allowed_file_types', ['image', 'document', 'audio', 'video']),
    extensions: list('allowed_file_extensions', []),
    methods: list('allowed_file_upload_methods', ['local_file', 'remote_url']),
    maxFiles,
    counted: 'files',
  };
}

/** The message file rules of an app, from the newer keys or the older image block; null when switched off. */
function messageRules(config: Pick<PromptConfig, 'file_upload'>): FileRules | null {
  const upload = config.file_upload;
  if (!upload) return null;
  const image = upload.image;
  if (upload.enabled === true) {
    const rules = rulesOf(
      upload as Record<string, unknown>,
      upload.number_limits ?? image?.number_limits ?? 3,
    );
    return rules;
  }
  if (image?.enabled !== true) return null;
  return {
    types: ['image'],
    extensions: [],
    methods: image.transfer_methods,
    maxFiles: image.number_limits,
    counted: 'image files',
  };
}
