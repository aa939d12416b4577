import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { buildOpenApiDocument } from '../../platform/http/openapi.ts';
import type { NamedSchemas } from '../../platform/http/openapi-schema.ts';
import { type AnyRoute, BinaryReply, defineRoute } from '../../platform/http/route.ts';

const tag = 'System';
const pageFolder = join(import.meta.dirname, 'api-page');

/** What the document is made of. */
export interface OpenApiRouteOptions {
  version: string;
  named: NamedSchemas;
  /** Every route of the server, these two among them; asked for once, at the first request. */
  routes: () => readonly AnyRoute[];
}

/** The API document, and a page to read it in. */
export function openApiRoutes(options: OpenApiRouteOptions): AnyRoute[] {
  const { version, named } = options;
  const document = once(() =>
    Buffer.from(JSON.stringify(buildOpenApiDocument({ routes: options.routes(), version, named }))),
  );
  const page = once(readPage);
  return [
    defineRoute({
      method: 'GET',
      path: '/openapi.json',
      auth: 'public',
      summary: 'This document (OpenAPI 3.1).',
      tag,
      rate: 'default',
      response: z.looseObject({ openapi: z.string(), paths: z.looseObject({}) }),
      handler: async () =>
        new BinaryReply(document(), {
          'content-type': 'application/json; charset=utf-8',
          'cache-control': 'no-cache',
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/docs/api',
      auth: 'public',
      summary: 'A page to read this document in.',
      tag,
      rate: 'default',
      answers: 'bytes',
      mediaType: 'text/html',
      handler: async () => {
        const { html, policy } = page();
        return new BinaryReply(html, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': policy,
          'cache-control': 'no-cache',
        });
      },
    }),
  ];
}

/** The page is one file on the wire; its policy names its own script and style by their hashes and nothing else. */
function readPage(): { html: Buffer; policy: string } {
  const read = (name: string) => readFileSync(join(pageFolder, name), 'utf8');
  const script = read('page.js');
  const style = read('page.css');
  const html = read('page.html')
    .replace('/* style */', () => style)
    .replace('/* script */', () => script);
  const policy = [
    "default-src 'none'",
    "connect-src 'self'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { html: Buffer.from(html), policy: policy.join('; ') };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
