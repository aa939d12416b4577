import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { storableText } from '../../platform/database-json.ts';
import { parsePlainJson } from './plain-json.ts';
import { WebhookRefusal } from './webhook-refusal.ts';

/** A file that came with a call, not stored yet. */
export class ReceivedFile {
  readonly fileName: string;
  readonly mimeType: string;
  readonly bytes: Buffer;

  constructor(fileName: string, mimeType: string, bytes: Buffer) {
    this.fileName = fileName;
    this.mimeType = mimeType;
    this.bytes = bytes;
  }
}

/** The body of a call, read by its content type. A field that is sent several times counts once, the first. */
export type WebhookBody =
  | { kind: 'json'; value: unknown }
  | {
      kind: 'form';
      fields: Readonly<Record<string, string>>;
      files: Readonly<Record<string, ReceivedFile | ReceivedFile[]>>;
    }
  | { kind: 'text'; text: string }
  | { kind: 'binary'; file: ReceivedFile | null };

/** The body is larger than webhooks take. */
export class WebhookBodyTooLarge extends Error {
  override readonly name = 'WebhookBodyTooLarge';
}

/** Reads all bytes of a body, at most `maxBytes`. */
export async function readBytes(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxBytes) throw new WebhookBodyTooLarge(`The body has more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads a body by its content type; unknown types are text. Throws {@link WebhookRefusal} for what is not of its type. */
export async function parseWebhookBody(
  bytes: Buffer,
  { contentType, header }: { contentType: string; header: string | undefined },
): Promise<WebhookBody> {
  switch (contentType) {
    case 'application/json':
      return { kind: 'json', value: parseJson(bytes) };
    case 'application/x-www-form-urlencoded':
      return { kind: 'form', fields: firstOf(new URLSearchParams(bytes.toString())), files: {} };
    case 'multipart/form-data':
      return parseMultipart(bytes, header ?? '');
    case 'application/octet-stream':
      return {
        kind: 'binary',
        file: bytes.length === 0 ? null : new ReceivedFile('webhook.bin', contentType, bytes),
      };
    default:
      return { kind: 'text', text: storableText(bytes.toString()) };
  }
}

function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString();
  if (text.trim() === '') return {};
  try {
    return parsePlainJson(text);
  } catch {
    throw new WebhookRefusal('Invalid JSON body');
  }
}

function firstOf(pairs: Iterable<[string, string]>): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!fields.has(name)) fields.set(storableText(name), storableText(value));
  }
  return Object.fromEntries(fields);
}

const formLimits = { files: 20, fields: 1_000, fieldNameSize: 200 };

async function parseMultipart(bytes: Buffer, contentType: string): Promise<WebhookBody> {
  const pairs: [string, string][] = [];
  const files = new Map<string, ReceivedFile[]>();
  try {
    const parser = new Busboy({
      headers: { 'content-type': contentType },
      limits: { ...formLimits, fieldSize: bytes.length, fileSize: bytes.length },
    });
    parser.on('field', (name, value) => pairs.push([name, value]));
    parser.on('file', (name, stream, fileName, _encoding, mimeType) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const file = new ReceivedFile(fileName ?? '', mimeType, Buffer.concat(chunks));
        files.set(name, [...(files.get(name) ?? []), file]);
      });
    });
    await pipeline(Readable.from([bytes]), parser);
  } catch {
    throw new WebhookRefusal('Invalid multipart body');
  }
  const named = [...files].map(([name, list]) => [name, list.length === 1 ? list[0] : list] as const);
  return {
    kind: 'form',
    fields: firstOf(pairs),
    files: Object.fromEntries(named) as Record<string, ReceivedFile | ReceivedFile[]>,
  };
}
