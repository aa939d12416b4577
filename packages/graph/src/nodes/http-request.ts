import { z } from 'zod';
import { nodeData } from './common.ts';
import { looseText, numberOrNull, orElse, selector, textOrEmpty } from './fields.ts';

/** One part of a request body: a text with placeholders, or the files of a variable (`file`). */
export const httpBodyItem = z.looseObject({
  key: textOrEmpty,
  type: orElse(z.enum(['text', 'file']), () => 'text' as const),
  value: textOrEmpty,
  file: selector,
});

/** One part of a request body, see `httpBodyItem`. */
export type HttpBodyItem = z.output<typeof httpBodyItem>;

const bodyItems = z
  .union([looseText, z.array(httpBodyItem)])
  .nullish()
  .transform((value): HttpBodyItem[] => {
    if (Array.isArray(value)) return value;
    return value ? [{ key: '', type: 'text', value, file: [] }] : [];
  });

/** Kinds of request bodies. */
export const httpBodyTypes = [
  'none',
  'form-data',
  'x-www-form-urlencoded',
  'raw-text',
  'json',
  'binary',
] as const;

type BodyType = (typeof httpBodyTypes)[number];

const secondsOrNull = numberOrNull.transform((value) => (value !== null && value > 0 ? value : null));

/**
 * Data of an http-request node.
 *
 * `headers` and `params` are lines `name:value`. Time limits are seconds, null stands for the server's default.
 * `body.data` as plain text, the form of old files, becomes one text item. `method` is upper case here.
 */
export const httpRequestData = nodeData('http-request', {
  method: orElse(looseText, () => 'get').transform((method) => method.toUpperCase()),
  url: textOrEmpty,
  authorization: orElse(
    z.looseObject({
      type: orElse(z.enum(['no-auth', 'api-key']), () => 'no-auth' as const),
      config: z
        .looseObject({
          type: orElse(z.enum(['basic', 'bearer', 'custom']), () => 'bearer' as const),
          api_key: textOrEmpty,
          header: textOrEmpty,
        })
        .nullish()
        .transform((value) => value ?? null),
    }),
    () => ({ type: 'no-auth' as const, config: null }),
  ),
  headers: textOrEmpty,
  params: textOrEmpty,
  body: orElse(
    z.looseObject({ type: orElse(z.enum(httpBodyTypes), (): BodyType => 'none'), data: bodyItems }),
    () => ({ type: 'none' as BodyType, data: [] as HttpBodyItem[] }),
  ),
  timeout: orElse(
    z.looseObject({ connect: secondsOrNull, read: secondsOrNull, write: secondsOrNull }),
    () => ({ connect: null, read: null, write: null }),
  ),
  ssl_verify: z
    .boolean()
    .nullish()
    .transform((value) => value ?? null),
});

/** Data of an http-request node. */
export type HttpRequestData = z.output<typeof httpRequestData>;
