import type { ErrorCode } from '@trellis/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Permission } from '../auth/permissions.ts';
import type { AuthKind, Principals } from '../auth/principals.ts';

/** HTTP methods in use. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';

/** How often a route may be called, by whom: see `rate-classes.ts`. */
export type RateClass = 'none' | 'default' | 'sign-in' | 'mail' | 'upload' | 'generate' | 'webhook';

/** A part of a multipart body, as the API document shows it. */
export interface FormPart {
  kind: 'file' | 'text';
  required?: boolean;
  description?: string;
}

/** An answer of server-sent events: each item is one or more complete, encoded events. */
export class EventStream {
  readonly events: AsyncIterable<string>;
  readonly headers: Record<string, string>;

  constructor(events: AsyncIterable<string>, headers: Record<string, string> = {}) {
    this.events = events;
    this.headers = headers;
  }
}

/** An answer of bytes. */
export class BinaryReply {
  readonly body: AsyncIterable<Uint8Array> | Uint8Array;
  readonly headers: Record<string, string>;
  readonly status: number;

  constructor(body: AsyncIterable<Uint8Array> | Uint8Array, headers: Record<string, string>, status = 200) {
    this.body = body;
    this.headers = headers;
    this.status = status;
  }
}

/** Headers of an answer; a list sends the header several times (cookies). */
export type ReplyHeaders = Record<string, string | string[]>;

/** A JSON answer with a status other than the declared one, or with headers. */
export class JsonReply<T> {
  readonly body: T;
  readonly status: number | undefined;
  readonly headers: ReplyHeaders;

  constructor(body: T, options: { status?: number; headers?: ReplyHeaders } = {}) {
    this.body = body;
    this.status = options.status;
    this.headers = options.headers ?? {};
  }
}

/** What a handler is given. Everything in it has been checked. */
export interface RequestContext<Auth extends AuthKind, Params, Query, Body> {
  principal: Principals[Auth];
  params: Params;
  query: Query;
  body: Body;
  /** Ends when the client goes away. A turn that has begun does not listen to it. */
  signal: AbortSignal;
  ip: string;
  requestId: string;
  request: FastifyRequest;
}

type Infer<S, Otherwise> = S extends z.ZodType ? z.infer<S> : Otherwise;

/** What a handler may answer with. */
export type HandlerResult<Response> = Response | JsonReply<Response> | EventStream | BinaryReply | undefined;

/**
 * A route, whole: registration, the API document and the generated security suites all read this declaration.
 * `auth` has no default, so a route that forgot to say who may call it does not compile; console routes must name a
 * permission as well.
 */
export type RouteDeclaration<
  Auth extends AuthKind = AuthKind,
  Params extends z.ZodType | undefined = z.ZodType | undefined,
  Query extends z.ZodType | undefined = z.ZodType | undefined,
  Body extends z.ZodType | 'multipart' | undefined = z.ZodType | 'multipart' | undefined,
  Response extends z.ZodType | undefined = z.ZodType | undefined,
> = {
  method: Method;
  /** Fastify's form: `/v1/messages/:messageId/feedbacks`. */
  path: string;
  auth: Auth;
  /** One sentence for the API document. */
  summary: string;
  /** The section of the API document. */
  tag: string;
  rate: RateClass;
  params?: Params;
  query?: Query;
  body?: Body;
  /** The body is of any type, and the handler reads it from the request itself, with a limit of its own. */
  readsBody?: boolean;
  /** The parts of a `multipart` body by name; a file called `file` unless said. */
  form?: Readonly<Record<string, FormPart>>;
  /** The JSON answer; absent for 204, event streams and bytes. */
  response?: Response;
  /** Status of the successful answer: 200, or 204 where there is no `response` and `answers` is 'nothing'. */
  status?: number;
  /** What the successful answer is when it is not JSON. */
  answers?: 'nothing' | 'events' | 'events-or-json' | 'bytes';
  /** What the bytes are, where that is always the same, such as `audio/mpeg`. */
  mediaType?: string;
  errors?: readonly ErrorCode[];
  /** Also takes the JSON as `text/plain`: what a page can still send while it is being closed. */
  acceptsBeacon?: boolean;
  /** Console routes open before the installation is set up. */
  beforeSetup?: boolean;
  handler: (
    context: RequestContext<
      Auth,
      Infer<Params, Record<string, string>>,
      Infer<Query, Record<string, unknown>>,
      Infer<Body, undefined>
    >,
  ) => Promise<HandlerResult<Infer<Response, undefined>>>;
} & (Auth extends 'console' ? { permission: Permission } : { permission?: never });

/** Declares a route; the types of its handler follow from its schemas. */
export function defineRoute<
  Auth extends AuthKind,
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | 'multipart' | undefined = undefined,
  Response extends z.ZodType | undefined = undefined,
>(declaration: RouteDeclaration<Auth, Params, Query, Body, Response>): AnyRoute {
  // The registry holds routes of all types together; the handler's own types were checked by this call.
  return declaration as unknown as AnyRoute;
}

/** A route whose particular types have been forgotten. */
export interface AnyRoute {
  method: Method;
  path: string;
  auth: AuthKind;
  permission?: Permission;
  summary: string;
  tag: string;
  rate: RateClass;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType | 'multipart';
  readsBody?: boolean;
  form?: Readonly<Record<string, FormPart>>;
  response?: z.ZodType;
  status?: number;
  answers?: 'nothing' | 'events' | 'events-or-json' | 'bytes';
  mediaType?: string;
  errors?: readonly ErrorCode[];
  acceptsBeacon?: boolean;
  beforeSetup?: boolean;
  handler: (context: RequestContext<AuthKind, unknown, unknown, unknown>) => Promise<unknown>;
}
