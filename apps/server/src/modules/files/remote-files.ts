import { z } from 'zod';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError } from '../../platform/errors.ts';
import { chosenAddress } from '../../platform/http/chosen-address.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { OutboundError } from '../../platform/outbound/errors.ts';
import type { OutboundClient } from '../../platform/outbound/outbound-client.ts';
import { seconds } from '../../platform/time.ts';
import type { Asker } from '../turns/turn.ts';
import type { FileService } from './file-service.ts';

/** What these routes need. */
export interface RemoteFileRouteOptions {
  fileService: FileService;
  outbound: OutboundClient;
}

const tag = 'Files';
const probeSchema = z.object({ file_type: z.string(), file_length: z.number().int() });
const storedSchema = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number(),
  extension: z.string(),
  url: z.string(),
  mime_type: z.string(),
  created_by: z.string().nullable(),
  created_at: z.number(),
});

/** Files at addresses that people name (spec: service API §18.4). Every fetch goes through the outbound client. */
export function remoteFileRoutes({ fileService, outbound }: RemoteFileRouteOptions): AnyRoute[] {
  const probe = async (encoded: string, signal: AbortSignal) => {
    const response = await reach(() => outbound.request({ url: decoded(encoded), method: 'HEAD', signal }));
    response.discard();
    if (response.status >= 400) throw unreachable(`The address answered with status ${response.status}.`);
    return {
      file_type: header(response.headers['content-type']) ?? 'application/octet-stream',
      file_length: Number(header(response.headers['content-length']) ?? -1),
    };
  };

  const store = async (
    scope: WorkspaceScope,
    input: { appId: string | null; asker: Asker; url: string; signal: AbortSignal },
  ) => {
    const response = await reach(() => outbound.request({ url: input.url, signal: input.signal }));
    if (response.status !== 200) {
      response.discard();
      throw unreachable(`The address answered with status ${response.status}.`);
    }
    const file = await reach(() =>
      fileService.store(scope, {
        appId: input.appId,
        asker: input.asker,
        fileName: nameOf(response.url),
        mimeType: header(response.headers['content-type']) ?? 'application/octet-stream',
        source: response.body,
        sourceUrl: input.url,
      }),
    );
    return {
      id: file.id,
      name: file.name,
      size: file.sizeBytes,
      extension: file.extension,
      url: fileService.url(file.id),
      mime_type: file.mimeType,
      created_by: file.endUserId ?? file.accountId,
      created_at: seconds(file.createdAt),
    };
  };

  const common = { tag, rate: 'upload', errors: ['remote_file_upload_error', 'invalid_param'] } as const;
  const uploadErrors = [...common.errors, 'file_too_large', 'unsupported_file_type'] as const;
  const urlParams = z.object({ url: chosenAddress(z.string()) });
  const urlBody = z.object({ url: chosenAddress(z.string().min(1).max(4_000)) });
  return [
    defineRoute({
      ...common,
      method: 'GET',
      path: '/api/remote-files/:url',
      auth: 'passport',
      summary: 'Type and length of a file at an address.',
      params: urlParams,
      response: probeSchema,
      handler: ({ params, signal }) => probe(params.url, signal),
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path: '/api/remote-files/upload',
      auth: 'passport',
      summary: 'Fetches a file from an address and stores it.',
      body: urlBody,
      response: storedSchema,
      status: 201,
      errors: uploadErrors,
      handler: ({ principal, body, signal }) =>
        store(principal.scope, {
          appId: principal.app.id,
          asker: { endUserId: principal.endUserId, accountId: null },
          url: body.url,
          signal,
        }),
    }),
    defineRoute({
      ...common,
      method: 'GET',
      path: '/console/api/remote-files/:url',
      auth: 'console',
      permission: 'file.upload',
      summary: 'Type and length of a file at an address.',
      params: urlParams,
      response: probeSchema,
      handler: ({ params, signal }) => probe(params.url, signal),
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path: '/console/api/remote-files/upload',
      auth: 'console',
      permission: 'file.upload',
      summary: 'Fetches a file from an address and stores it.',
      body: urlBody,
      response: storedSchema,
      status: 201,
      errors: uploadErrors,
      handler: ({ principal, body, signal }) =>
        store(principal.scope, {
          appId: null,
          asker: { endUserId: null, accountId: principal.account.id },
          url: body.url,
          signal,
        }),
    }),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function nameOf(url: URL): string {
  return decoded(url.pathname.split('/').at(-1) ?? '') || url.hostname;
}

function unreachable(message: string, cause?: unknown): ApiError {
  return new ApiError('remote_file_upload_error', message, cause === undefined ? {} : { cause });
}

/** Whatever the network does is the same error to the caller. */
async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof OutboundError) throw unreachable(error.message, error);
    throw error;
  }
}
