import { z } from 'zod';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError, notFound } from '../../platform/errors.ts';
import { type AnyRoute, BinaryReply, defineRoute } from '../../platform/http/route.ts';
import { isUuid } from '../../platform/ids.ts';
import { fileHeaders } from '../../platform/signing/file-headers.ts';
import type { FileUrlSigner } from '../../platform/signing/file-url.ts';
import type { Callers } from '../service-api/caller.ts';
import type { Asker } from '../turns/turn.ts';
import { type FileService, once, receiveUpload } from './file-service.ts';
import type { FileStoreTable, UploadFile } from './store.ts';

/** What the file routes need. */
export interface FileRouteOptions {
  files: FileStoreTable;
  fileService: FileService;
  fileUrls: FileUrlSigner;
  callers: Callers;
  limits: Record<string, number>;
}

const tag = 'Files';

const fileSchema = z.object({
  id: z.string(),
  reference: z.string().nullable(),
  name: z.string(),
  size: z.number(),
  extension: z.string(),
  mime_type: z.string(),
  created_by: z.string().nullable(),
  created_at: z.number(),
  preview_url: z.string().nullable(),
  source_url: z.string(),
  original_url: z.string().nullable(),
  user_id: z.string().nullable(),
  tenant_id: z.string(),
  conversation_id: z.string().nullable(),
  file_key: z.string().nullable(),
});

const uploadErrors = [
  'no_file_uploaded',
  'too_many_files',
  'filename_not_exists_error',
  'unsupported_file_type',
  'file_too_large',
  'invalid_param',
  'unsupported_media_type',
] as const;

/** Uploads on all three surfaces, previews, and signed addresses (spec: service API §10, §19). */
export function fileRoutes(options: FileRouteOptions): AnyRoute[] {
  const { fileService, callers } = options;

  async function upload(
    request: Parameters<typeof receiveUpload>[0],
    target: (
      fields: Record<string, string>,
    ) => Promise<{ scope: WorkspaceScope; appId: string | null; asker: Asker }>,
  ) {
    const received = await receiveUpload(request, { names: ['file'], missing: 'no_file_uploaded' });
    const { scope, appId, asker } = await target(received.fields);
    const stored = await fileService.store(scope, {
      appId,
      asker,
      fileName: received.fileName,
      mimeType: received.mimeType,
      source: once(received.bytes),
    });
    return fileService.toWire(stored);
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/v1/files/upload',
      auth: 'app-key',
      summary: 'Uploads a file for a message or an input.',
      tag,
      rate: 'upload',
      body: 'multipart',
      form: { file: { kind: 'file', required: true }, user: { kind: 'text' } },
      response: fileSchema,
      status: 201,
      errors: uploadErrors,
      handler: async ({ principal, request }) =>
        upload(request, async (fields) => {
          const caller = await callers.optional(principal, fields['user'] || undefined);
          return { scope: caller.scope, appId: caller.app.id, asker: caller.asker };
        }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/files/upload',
      auth: 'passport',
      summary: 'Uploads a file in the web app.',
      tag,
      rate: 'upload',
      body: 'multipart',
      response: fileSchema,
      status: 201,
      errors: uploadErrors,
      handler: async ({ principal, request }) =>
        upload(request, async () => ({
          scope: principal.scope,
          appId: principal.app.id,
          asker: { endUserId: principal.endUserId, accountId: null },
        })),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/files/upload',
      auth: 'console',
      permission: 'file.upload',
      summary: 'Uploads a file in the console.',
      tag,
      rate: 'upload',
      body: 'multipart',
      response: fileSchema,
      status: 201,
      errors: uploadErrors,
      handler: async ({ principal, request }) =>
        upload(request, async () => ({
          scope: principal.scope,
          appId: null,
          asker: { endUserId: null, accountId: principal.account.id },
        })),
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/files/upload',
      auth: 'console',
      permission: 'file.upload',
      summary: 'What may be uploaded.',
      tag,
      rate: 'default',
      response: z.record(z.string(), z.number()),
      handler: async () => options.limits,
    }),
    ...previewRoutes(options),
  ];
}

function previewRoutes({ files, fileService, fileUrls, callers }: FileRouteOptions): AnyRoute[] {
  async function deliver(file: UploadFile, asAttachment: boolean, extra: Record<string, string> = {}) {
    return new BinaryReply(await fileService.open(file), {
      ...fileHeaders({ name: file.name, mimeType: file.mimeType, size: file.sizeBytes }, { asAttachment }),
      ...extra,
    });
  }
  const asAttachment = z.stringbool().default(false);

  return [
    defineRoute({
      method: 'GET',
      path: '/v1/files/:fileId/preview',
      auth: 'app-key',
      summary: 'The bytes of a file that a message of the app uses.',
      tag,
      rate: 'default',
      params: z.object({ fileId: z.string() }),
      query: z.object({ as_attachment: asAttachment, user: z.string().optional() }),
      answers: 'bytes',
      errors: ['file_not_found', 'file_access_denied'],
      handler: async ({ principal, params, query }) => {
        await callers.optional(principal, query.user);
        const file = isUuid(params.fileId) ? await files.find(principal.scope, params.fileId) : null;
        if (!file || !(await files.isUsedBy(principal.scope, principal.app.id, file.id))) {
          throw new ApiError('file_not_found');
        }
        return deliver(file, query.as_attachment, { 'cache-control': 'public, max-age=3600' });
      },
    }),
    ...(['file-preview', 'image-preview'] as const).map((kind) =>
      defineRoute({
        method: 'GET',
        path: `/files/:fileId/${kind}`,
        auth: 'public',
        summary: 'The bytes of a file; the signature in the address is the permission.',
        tag,
        rate: 'default',
        params: z.object({ fileId: z.string() }),
        query: z.object({
          timestamp: z.string().optional(),
          nonce: z.string().optional(),
          sign: z.string().optional(),
          as_attachment: asAttachment,
        }),
        answers: 'bytes',
        errors: ['not_found'],
        handler: async ({ params, query }) => {
          const { timestamp, nonce, sign } = query;
          const valid =
            isUuid(params.fileId) && fileUrls.verify(kind, params.fileId, { timestamp, nonce, sign });
          const file = valid ? await files.findSigned(params.fileId) : null;
          if (!file || (kind === 'image-preview' && !file.mimeType.startsWith('image/'))) {
            throw notFound('File not found or signature is invalid');
          }
          return deliver(file, query.as_attachment);
        },
      }),
    ),
  ];
}
