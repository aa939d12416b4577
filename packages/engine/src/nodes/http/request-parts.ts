import type { HttpBodyItem, HttpRequestData } from '@trellis/graph';
import { NodeError } from '../../errors.ts';
import { type FileValue, isFile } from '../../values/file.ts';
import type { PoolReader } from '../../values/pool.ts';
import { repairJson } from './repair-json.ts';

/** Writes a template with values: for the wire, or with secrets masked for the record. */
export type Render = (template: string) => string;

/** Name and value of a header or parameter. */
export type Pair = readonly [string, string];

/** A body before files are read. */
export type BodyPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string; readonly contentType: string }
  | { readonly kind: 'file'; readonly file: FileValue }
  | { readonly kind: 'multipart'; readonly fields: readonly Pair[]; readonly files: readonly NamedFile[] };

/** A file under the name of its form field. */
export interface NamedFile {
  readonly name: string;
  readonly file: FileValue;
}

/** Lines `name:value`; lines without a name are left out. */
export function parsePairs(text: string): Pair[] {
  return text.split('\n').flatMap((line): Pair[] => {
    const [name = '', ...rest] = line.split(':');
    return name.trim() === '' ? [] : [[name.trim(), rest.join(':').trim()]];
  });
}

/**
 * The address with its parameters.
 *
 * @throws {NodeError} `InvalidURLError`
 */
export function requestUrl(data: HttpRequestData, render: Render): string {
  const text = render(data.url).trim();
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new NodeError('InvalidURLError', `Invalid URL: ${text === '' ? 'it is empty' : text}`);
  }
  const url = new URL(text);
  const lines = data.params.split('\n').flatMap((line) => parsePairs(line));
  for (const [name, value] of lines) url.searchParams.append(render(name), render(value));
  return url.href;
}

const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']);

/** @throws {NodeError} `InvalidHttpMethodError` */
export function requestMethod({ method }: HttpRequestData): string {
  if (!methods.has(method)) throw new NodeError('InvalidHttpMethodError', `Invalid http method ${method}`);
  return method;
}

/**
 * The header that authorises the request, or null.
 *
 * @throws {NodeError} `AuthorizationConfigError` when the key is missing
 */
export function authorizationHeader({ authorization }: HttpRequestData, render: Render): Pair | null {
  if (authorization.type === 'no-auth') return null;
  const { config } = authorization;
  const key = config === null ? '' : render(config.api_key).trim();
  if (config === null || key === '')
    throw new NodeError('AuthorizationConfigError', 'The API key is missing');
  const name = config.header.trim() === '' ? 'Authorization' : config.header.trim();
  if (config.type === 'bearer') return [name, `Bearer ${key}`];
  if (config.type === 'custom') return [name, key];
  return [name, `Basic ${key.includes(':') ? Buffer.from(key).toString('base64') : key}`];
}

/**
 * The body as it is to be sent.
 *
 * @throws {NodeError} `RequestBodyError`, `FileFetchError`
 */
export function planBody(data: HttpRequestData, render: Render, pool: PoolReader): BodyPlan {
  const { type, data: items } = data.body;
  switch (type) {
    case 'none':
      return { kind: 'none' };
    case 'json':
      return { kind: 'text', text: jsonText(render(only(items).value)), contentType: 'application/json' };
    case 'raw-text':
      return { kind: 'text', text: render(only(items).value), contentType: 'text/plain' };
    case 'binary':
      return { kind: 'file', file: fileOf(only(items), pool) };
    case 'x-www-form-urlencoded': {
      const form = new URLSearchParams();
      for (const [name, value] of textFields(items, render)) form.append(name, value);
      const text = form.toString();
      return { kind: 'text', text, contentType: 'application/x-www-form-urlencoded' };
    }
    case 'form-data':
      return { kind: 'multipart', fields: textFields(items, render), files: fileFields(items, render, pool) };
  }
}

function only(items: readonly HttpBodyItem[]): HttpBodyItem {
  const [first, ...rest] = items;
  if (first === undefined || rest.length > 0) {
    throw new NodeError('RequestBodyError', `The body needs exactly one part, it has ${items.length}`);
  }
  return first;
}

/** JSON that can be read goes out as it is, so that numbers of any size stay what they are. */
function jsonText(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    try {
      return JSON.stringify(repairJson(text));
    } catch (cause) {
      throw new NodeError('RequestBodyError', `The body is not JSON: ${text.slice(0, 200)}`, { cause });
    }
  }
}

function textFields(items: readonly HttpBodyItem[], render: Render): Pair[] {
  return items.flatMap((item): Pair[] =>
    item.type === 'text' && item.key !== '' ? [[render(item.key), render(item.value)]] : [],
  );
}

function fileOf(item: HttpBodyItem, pool: PoolReader): FileValue {
  const value = pool.get(item.file)?.value;
  const file = Array.isArray(value) ? value[0] : value;
  if (!isFile(file)) throw new NodeError('FileFetchError', `Variable ${item.file.join('.')} is not a file`);
  return file;
}

function fileFields(items: readonly HttpBodyItem[], render: Render, pool: PoolReader): NamedFile[] {
  return items.flatMap((item) => {
    if (item.type !== 'file') return [];
    const value = pool.get(item.file)?.value;
    const files = Array.isArray(value) ? value.filter(isFile) : isFile(value) ? [value] : [];
    return files.map((file) => ({ name: render(item.key), file }));
  });
}
