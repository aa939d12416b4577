import { type ErrorCode, errorRegistry } from '@trellis/contracts';
import { z } from 'zod';
import type { AuthKind } from '../auth/principals.ts';
import { errorsByStatus } from './openapi-errors.ts';
import { streamEventSchema } from './openapi-events.ts';
import { componentPath, type JsonSchema, type NamedSchemas, SchemaWriter } from './openapi-schema.ts';
import type { AnyRoute, FormPart } from './route.ts';

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: '3.1.1';
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    securitySchemes: Record<string, JsonSchema>;
    /** Failures, named by the codes that they tell of. */
    responses: Record<string, Response>;
    schemas: Record<string, JsonSchema>;
  };
}

/** One method of one path. */
export interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, Response | { $ref: string }>;
  /** How a caller proves who it is: see `principals.ts`. */
  'x-auth': AuthKind;
  /** What a console role must be allowed. */
  'x-permission'?: string;
  'x-rate-class': string;
}

/** A value in a path or in a query. */
export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description?: string;
  schema: JsonSchema;
}

interface Response {
  description: string;
  content?: Record<string, { schema: JsonSchema }>;
}

/** What a document is made of. */
export interface OpenApiOptions {
  routes: readonly AnyRoute[];
  version: string;
  /** Schemas that get a name; all others stand where they are used. */
  named?: NamedSchemas;
}

/** Describes every route of a server (OpenAPI 3.1). The same routes always give the same document. */
export function buildOpenApiDocument(options: OpenApiOptions): OpenApiDocument {
  const writer = new SchemaWriter({ ...options.named, Error: errorSchema, StreamEvent: streamEventSchema });
  writer.write(errorSchema, 'output');
  const paths: OpenApiDocument['paths'] = {};
  const failures: Record<string, Response> = {};
  for (const route of options.routes) {
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    const operation = operationOf(route, writer);
    for (const codes of errorsByStatus(route).values()) {
      const name = failureName(codes);
      failures[name] ??= failureOf(codes);
      operation.responses[String(statusOf(codes))] = { $ref: `#/components/responses/${name}` };
    }
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Trellis',
      version: options.version,
      description:
        'Everything that this server answers to: `/v1` for programs (an API key of an app), `/api` for published ' +
        'pages (a passport), `/console/api` for people who build (a session), `/files` for signed addresses. ' +
        'Errors of all of them have one shape; compare `code`, never the text.',
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(options.routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: { securitySchemes, responses: failures, schemas: writer.components() },
  };
}

const errorSchema = z.object({
  code: z.string().describe('Stable; compare this.'),
  message: z.string().describe('For people; may change.'),
  status: z.number().int().describe('The HTTP status.'),
  params: z.string().optional().describe('The field at fault, where there is one.'),
});

const securitySchemes: Record<string, JsonSchema> = {
  appKey: { type: 'http', scheme: 'bearer', description: 'An API key of an app: `app-…`.' },
  passport: {
    type: 'apiKey',
    in: 'header',
    name: 'X-App-Passport',
    description: 'What `GET /api/passport` hands to a visitor of a public page.',
  },
  session: { type: 'http', scheme: 'bearer', description: 'The access token of a sign-in.' },
  sessionCookie: { type: 'apiKey', in: 'cookie', name: 'access_token', description: 'Set by a sign-in.' },
  csrfToken: {
    type: 'apiKey',
    in: 'header',
    name: 'X-CSRF-Token',
    description:
      'With a session cookie, on every call that changes something: the cookie `csrf_token` again.',
  },
};

function securityOf(route: AnyRoute): Operation['security'] {
  switch (route.auth) {
    case 'public':
      return [];
    case 'app-key':
      return [{ appKey: [] }];
    case 'passport':
      return [{ passport: [] }];
    case 'console':
      return [
        { session: [] },
        route.method === 'GET' ? { sessionCookie: [] } : { sessionCookie: [], csrfToken: [] },
      ];
  }
}

function operationOf(route: AnyRoute, writer: SchemaWriter): Operation {
  const parameters = [...pathParameters(route, writer), ...queryParameters(route, writer)];
  const body = requestBodyOf(route, writer);
  return {
    operationId: operationIdOf(route),
    summary: route.summary,
    tags: [route.tag],
    security: securityOf(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: successOf(route, writer),
    'x-auth': route.auth,
    ...(route.permission === undefined ? {} : { 'x-permission': route.permission }),
    'x-rate-class': route.rate,
  };
}

/** `GET /v1/messages/:messageId/suggested` is `getV1MessagesByMessageIdSuggested`. */
function operationIdOf(route: AnyRoute): string {
  const words = route.path.replace(/:/g, 'by-').split(/[^A-Za-z0-9]+/);
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `${route.method.toLowerCase()}${pascal}`;
}

function pathParameters(route: AnyRoute, writer: SchemaWriter): Parameter[] {
  const names = [...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name ?? '');
  const { properties } = objectOf(route.params, writer);
  return names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? { type: 'string' },
  }));
}

function queryParameters(route: AnyRoute, writer: SchemaWriter): Parameter[] {
  const { properties, required } = objectOf(route.query, writer);
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.has(name),
    ...(typeof description === 'string' ? { description } : {}),
    schema,
  }));
}

function objectOf(
  schema: z.ZodType | undefined,
  writer: SchemaWriter,
): { properties: Record<string, JsonSchema>; required: ReadonlySet<string> } {
  if (schema === undefined) return { properties: {}, required: new Set() };
  const json = writer.write(schema, 'input');
  return {
    properties: (json['properties'] ?? {}) as Record<string, JsonSchema>,
    required: new Set((json['required'] ?? []) as string[]),
  };
}

const defaultForm: Readonly<Record<string, FormPart>> = { file: { kind: 'file', required: true } };

function requestBodyOf(route: AnyRoute, writer: SchemaWriter): Operation['requestBody'] {
  if (route.readsBody) return { required: false, content: { '*/*': { schema: {} } } };
  if (route.body === undefined) return undefined;
  if (route.body === 'multipart') {
    return { required: true, content: { 'multipart/form-data': { schema: formSchema(route.form) } } };
  }
  return {
    required: !route.body.safeParse({}).success,
    content: { 'application/json': { schema: writer.write(route.body, 'input') } },
  };
}

function formSchema(form: AnyRoute['form']): JsonSchema {
  const parts = Object.entries(form ?? defaultForm);
  const properties = parts.map(([name, { kind, description }]) => [
    name,
    {
      type: 'string',
      ...(kind === 'file' ? { format: 'binary' } : {}),
      ...(description === undefined ? {} : { description }),
    },
  ]);
  const required = parts.flatMap(([name, part]) => (part.required === true ? [name] : []));
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  };
}

function successOf(route: AnyRoute, writer: SchemaWriter): Record<string, Response> {
  const content: NonNullable<Response['content']> = {};
  if (route.response !== undefined) {
    content['application/json'] = { schema: writer.write(route.response, 'output') };
  }
  if (route.answers === 'events' || route.answers === 'events-or-json') {
    content['text/event-stream'] = { schema: writer.write(streamEventSchema, 'output') };
  }
  if (route.answers === 'bytes') {
    content[route.mediaType ?? 'application/octet-stream'] = { schema: { type: 'string', format: 'binary' } };
  }
  const isEmpty = Object.keys(content).length === 0;
  const status = String(route.status ?? (isEmpty ? 204 : 200));
  return { [status]: isEmpty ? { description: 'Done.' } : { description: 'The answer.', content } };
}

function failureName(codes: readonly ErrorCode[]): string {
  return codes.join('.');
}

function statusOf(codes: readonly ErrorCode[]): number {
  const [code = 'unknown'] = codes;
  return errorRegistry[code].status;
}

function failureOf(codes: readonly ErrorCode[]): Response {
  const schema = { $ref: componentPath('Error'), properties: { code: { enum: codes } } };
  return {
    description: codes.map((code) => `\`${code}\`: ${errorRegistry[code].message}`).join('\n\n'),
    content: { 'application/json': { schema } },
  };
}
