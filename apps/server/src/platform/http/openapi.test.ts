import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { declaredRoutes, describeApi, documentPath, documentText } from '../../api-document.ts';
import { buildOpenApiDocument } from './openapi.ts';
import { type AnyRoute, defineRoute } from './route.ts';

const root = join(import.meta.dirname, '../../../../..');

/** A value in the document by its path, for short assertions. */
function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

function document(...routes: AnyRoute[]) {
  return buildOpenApiDocument({ routes, version: '1.2.3' });
}

const handler = async () => undefined;
const common = { summary: 'Says something.', tag: 'Things', rate: 'default', handler } as const;

describe('the API document', () => {
  it('is committed as it follows from the declarations (npm run trellis -- openapi writes it anew)', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    const committed = await readFile(join(root, documentPath), 'utf8');
    const current = documentText(await describeApi(manifest.version));
    expect(committed === current, `${documentPath} is stale: run npm run trellis -- openapi`).toBe(true);
  });

  it('holds every declared route once, under an id of its own', async () => {
    const routes = await declaredRoutes();
    const { paths } = buildOpenApiDocument({ routes, version: '0' });
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    expect(operations).toHaveLength(routes.length);
    expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(routes.length);
  });

  it('leads every reference to something that is there', async () => {
    const api = await describeApi('0');
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(references.length).toBeGreaterThan(100);
    const lost = [...new Set(references)].filter((path) => at(api, ...path.split('/')) === undefined);
    expect(lost).toEqual([]);
  });

  it('writes parameters of path and query with their types, limits and defaults', () => {
    const route = defineRoute({
      ...common,
      method: 'GET',
      path: '/v1/things/:thingId/parts',
      auth: 'app-key',
      params: z.object({ thingId: z.uuid() }),
      query: z.object({
        limit: z.coerce.number().int().min(1).max(100).default(20),
        deep: z.stringbool().optional(),
        name: z.string().describe('Part of the name.'),
      }),
    });
    expect(at(document(route), 'paths', '/v1/things/{thingId}/parts', 'get', 'parameters')).toEqual([
      { name: 'thingId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
      {
        name: 'limit',
        in: 'query',
        required: false,
        schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
      },
      { name: 'deep', in: 'query', required: false, schema: { type: 'boolean' } },
      {
        name: 'name',
        in: 'query',
        required: true,
        description: 'Part of the name.',
        schema: { type: 'string' },
      },
    ]);
  });

  it('says who may call a route, and how they prove it', () => {
    const security = (route: AnyRoute) =>
      at(document(route), 'paths', route.path, route.method.toLowerCase(), 'security');
    const make = (auth: 'public' | 'app-key' | 'passport') =>
      defineRoute({ ...common, method: 'GET', path: '/x', auth });
    expect(security(make('public'))).toEqual([]);
    expect(security(make('app-key'))).toEqual([{ appKey: [] }]);
    expect(security(make('passport'))).toEqual([{ passport: [] }]);
    const change = { ...common, path: '/x', auth: 'console', permission: 'app.edit' } as const;
    expect(security(defineRoute({ ...change, method: 'POST' }))).toEqual([
      { session: [] },
      { sessionCookie: [], csrfToken: [] },
    ]);
  });

  it('names the codes of each status, the implied ones among them', () => {
    const route = defineRoute({
      ...common,
      method: 'POST',
      path: '/v1/things',
      auth: 'app-key',
      body: z.object({ name: z.string() }),
      response: z.object({ id: z.string() }),
      status: 201,
      errors: ['app_unavailable'],
    });
    const api = document(route);
    const responses = at(api, 'paths', '/v1/things', 'post', 'responses') as Record<
      string,
      { $ref?: string }
    >;
    expect(Object.keys(responses)).toEqual(['201', '400', '401', '403', '413', '415', '500']);
    const name = String(responses['400']?.$ref).split('/').at(-1) ?? '';
    const schema = at(api, 'components', 'responses', name, 'content', 'application/json', 'schema');
    expect(schema).toEqual({
      $ref: '#/components/schemas/Error',
      properties: { code: { enum: ['app_unavailable', 'bad_request', 'invalid_param'] } },
    });
  });

  it('tells uploads, streams, bytes and empty answers apart', () => {
    const upload = defineRoute({
      ...common,
      method: 'POST',
      path: '/upload',
      auth: 'public',
      body: 'multipart',
      form: { file: { kind: 'file', required: true }, user: { kind: 'text' } },
      answers: 'nothing',
    });
    const stream = defineRoute({ ...common, method: 'POST', path: '/s', auth: 'public', answers: 'events' });
    const bytes = defineRoute({ ...common, method: 'GET', path: '/b', auth: 'public', answers: 'bytes' });
    const api = document(upload, stream, bytes);
    const form = at(
      api,
      'paths',
      '/upload',
      'post',
      'requestBody',
      'content',
      'multipart/form-data',
      'schema',
    );
    expect(form).toEqual({
      type: 'object',
      properties: { file: { type: 'string', format: 'binary' }, user: { type: 'string' } },
      required: ['file'],
    });
    expect(at(api, 'paths', '/upload', 'post', 'responses', '204')).toEqual({ description: 'Done.' });
    expect(at(api, 'paths', '/s', 'post', 'responses', '200', 'content', 'text/event-stream')).toEqual({
      schema: { $ref: '#/components/schemas/StreamEvent' },
    });
    expect(Object.keys(at(api, 'paths', '/b', 'get', 'responses', '200', 'content') as object)).toEqual([
      'application/octet-stream',
    ]);
  });

  it('gives a schema its name wherever it is met, and leaves answers open to new fields', () => {
    const thing = z.object({ id: z.string() });
    const route = defineRoute({
      ...common,
      method: 'GET',
      path: '/things',
      auth: 'public',
      response: z.object({ data: z.array(thing) }),
    });
    const api = buildOpenApiDocument({ routes: [route], version: '0', named: { Thing: thing } });
    const schema = at(
      api,
      'paths',
      '/things',
      'get',
      'responses',
      '200',
      'content',
      'application/json',
      'schema',
    );
    expect(at(schema, 'properties', 'data')).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/Thing' },
    });
    expect(api.components.schemas['Thing']).toEqual({
      type: 'object',
      properties: { id: { type: 'string' } },
      required: ['id'],
    });
  });
});
