import type { Usage } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import { NodeError } from '../../errors.ts';
import type { ToolMessage } from '../../ports/index.ts';
import type { FileValue } from '../../values/file.ts';
import { addUsage } from '../../values/usage.ts';
import { type NodeContext, requirePort } from '../node-context.ts';

type BlobChunk = Extract<ToolMessage, { type: 'blob-chunk' }>;

/** Longest piece, and longest whole, of a file that comes in pieces. */
const maxChunkBytes = 8 << 10;
const maxBlobBytes = 30 << 20;

/** Takes what a tool says, streams its text, and puts its outputs together. */
export class MessageCollector {
  readonly #context: NodeContext;
  #text = '';
  readonly #json: unknown[] = [];
  readonly #files: FileValue[] = [];
  readonly #variables: Record<string, unknown> = {};
  readonly #streamed = new Set<string>();
  readonly #blobs = new Map<string, { chunks: Uint8Array[]; size: number; first: BlobChunk }>();
  /** Entries of the agent log, newest version of each, in order of appearance. */
  readonly #logs = new Map<string, Readonly<Record<string, unknown>>>();
  readonly resources: unknown[] = [];
  usage: Usage = emptyUsage;

  readonly #longestPiece: number;

  /** Longer text than `longestPiece` characters is streamed in pieces of that length. */
  constructor(context: NodeContext, longestPiece = Number.POSITIVE_INFINITY) {
    this.#context = context;
    this.#longestPiece = longestPiece;
  }

  /** @throws {NodeError} `ToolFileError`, `ToolNodeError` */
  async take(message: ToolMessage): Promise<void> {
    switch (message.type) {
      case 'text':
        this.#say(message.text);
        break;
      case 'link':
        this.#say(`Link: ${message.url}\n`);
        break;
      case 'json':
        this.#json.push(message.json);
        break;
      case 'file':
        this.#files.push(message.file);
        if (message.link) this.#say(`File: ${message.file.url ?? message.file.remote_url ?? ''}\n`);
        break;
      case 'image-link':
        this.#files.push(await this.#fileOf(message));
        break;
      case 'blob':
        await this.#store(message.bytes, message);
        break;
      case 'blob-chunk':
        await this.#takeChunk(message);
        break;
      case 'variable':
        this.#setVariable(message);
        break;
      case 'log':
        this.#logs.set(String(message.log['id'] ?? this.#logs.size), message.log);
        this.#context.log(message.log);
        break;
      case 'usage':
        this.usage = addUsage(this.usage, message.usage);
        break;
      case 'retriever-resources':
        this.resources.push(...message.resources);
        break;
    }
  }

  #say(text: string): void {
    if (text === '') return;
    this.#text += text;
    if (text.length <= this.#longestPiece) {
      this.#context.stream('text', text, false);
      return;
    }
    const characters = Array.from(text);
    for (let start = 0; start < characters.length; start += this.#longestPiece) {
      this.#context.stream('text', characters.slice(start, start + this.#longestPiece).join(''), false);
    }
  }

  #fileOf({ url, mimeType }: Extract<ToolMessage, { type: 'image-link' }>): Promise<FileValue> {
    return requirePort(this.#context, 'files').fromUrl({ url, mimeType, signal: this.#context.signal });
  }

  async #store(
    bytes: Uint8Array,
    { mimeType, filename }: { mimeType: string | null; filename: string | null },
  ): Promise<void> {
    const { idempotencyKey, signal } = this.#context;
    const key = `${idempotencyKey}#${this.#files.length}`;
    const files = requirePort(this.#context, 'files');
    this.#files.push(await files.store({ bytes, filename, mimeType, idempotencyKey: key, signal }));
  }

  async #takeChunk(chunk: BlobChunk): Promise<void> {
    if (chunk.bytes.length > maxChunkBytes)
      throw new NodeError('ToolFileError', 'A piece of a file is too long');
    const blob = this.#blobs.get(chunk.id) ?? { chunks: [], size: 0, first: chunk };
    if (chunk.sequence !== blob.chunks.length)
      throw new NodeError('ToolFileError', 'A piece of a file is missing');
    blob.chunks.push(chunk.bytes);
    blob.size += chunk.bytes.length;
    this.#blobs.set(chunk.id, blob);
    if (blob.size > Math.min(chunk.totalLength, maxBlobBytes)) {
      throw new NodeError('ToolFileError', 'A file is longer than announced or allowed');
    }
    if (!chunk.isLast) return;
    if (blob.size !== chunk.totalLength)
      throw new NodeError('ToolFileError', 'A file is shorter than announced');
    this.#blobs.delete(chunk.id);
    await this.#store(Buffer.concat(blob.chunks), {
      mimeType: chunk.mimeType ?? blob.first.mimeType,
      filename: chunk.filename ?? blob.first.filename,
    });
  }

  #setVariable({ name, value, stream }: Extract<ToolMessage, { type: 'variable' }>): void {
    if (!stream) {
      this.#variables[name] = value;
      return;
    }
    if (typeof value !== 'string')
      throw new NodeError('ToolNodeError', `Streamed variable ${name} must be text`);
    const before = this.#variables[name];
    this.#variables[name] = typeof before === 'string' ? before + value : value;
    this.#streamed.add(name);
    this.#context.stream(name, value, false);
  }

  /** Entries of the agent log. */
  get logs(): Readonly<Record<string, unknown>>[] {
    return [...this.#logs.values()];
  }

  /** Closes the streams; returns the outputs. `jsonFirst` comes before what the tool said as JSON. */
  end(jsonFirst: readonly unknown[] = []): Record<string, unknown> {
    if (this.#blobs.size > 0) throw new NodeError('ToolFileError', 'A file was not sent to its end');
    this.#context.stream('text', '', true);
    for (const name of this.#streamed) this.#context.stream(name, '', true);
    const json = [...jsonFirst, ...this.#json];
    return {
      text: this.#text,
      files: this.#files,
      json: json.length === 0 ? [{ data: [] }] : json,
      ...this.#variables,
    };
  }
}
