import {
  type FilePort,
  type FileValue,
  type ModelEvent,
  type ModelPort,
  NodeError,
  type PromptMessage,
} from '@trellis/engine';
import type {
  ContentPart,
  FilePart,
  LlmEvent,
  ModelFeature,
  PromptMessage as WirePromptMessage,
} from '@trellis/models';
import { ApiError } from '../../../platform/errors.ts';
import type { ModelService, ResolvedModel } from '../../models/service.ts';
import type { PortScope } from './engine-ports.ts';

const fileFeatures = {
  vision: 'image',
  audio: 'audio',
  video: 'video',
  document: 'document',
} as const satisfies Partial<Record<ModelFeature, string>>;

/** Models of the workspace, for the nodes of a run. */
export function createModelPort(
  run: PortScope,
  options: { models: ModelService; files: FilePort; format: 'base64' | 'url' },
): ModelPort {
  const { models, files } = options;
  return {
    async describe(reference) {
      const { schema } = await resolve(models, run, reference);
      const features = new Set(schema.features ?? []);
      return {
        toolCalls: features.has('tool-call') || features.has('multi-tool-call'),
        ...(features.has('structured-output') ? { structuredOutput: true } : {}),
        files: new Set(
          Object.entries(fileFeatures).flatMap(([feature, type]) =>
            features.has(feature as ModelFeature) ? [type] : [],
          ),
        ),
        contextSize: schema.model_properties.context_size ?? null,
      };
    },
    async *stream(request) {
      const model = await resolve(models, run, request.model);
      const { stop: configured, ...parameters } = request.model.parameters;
      const stops = Array.isArray(configured) ? configured.filter((item) => typeof item === 'string') : [];
      const messages = await Promise.all(
        request.messages.map((message) => toWire(message, options, request.signal)),
      );
      const events = models.stream(model, {
        messages,
        parameters,
        tools: (request.tools ?? []).map(({ name, description, parameters: schema }) => ({
          name,
          description,
          parameters: schema,
        })),
        ...(request.jsonSchema === undefined ? {} : { jsonSchema: request.jsonSchema }),
        stop: [...stops, ...(request.stop ?? [])],
        user: request.userId,
        purpose: 'workflow',
        appId: run.app.id,
        runId: run.id,
        signal: request.signal,
      });
      yield* toEngine(events, { files, idempotencyKey: request.idempotencyKey, signal: request.signal });
    },
  };
}

async function resolve(
  models: ModelService,
  run: PortScope,
  { provider, name }: { provider: string; name: string },
): Promise<ResolvedModel> {
  try {
    return await models.resolve(run.scope, { provider, model: name, type: 'llm' });
  } catch (error) {
    if (error instanceof ApiError) throw new NodeError('ModelNotExistError', error.message, { cause: error });
    throw error;
  }
}

async function* toEngine(
  events: AsyncIterable<LlmEvent>,
  context: { files: FilePort; idempotencyKey: string; signal: AbortSignal },
): AsyncGenerator<ModelEvent, void, undefined> {
  for await (const event of events) {
    if (event.t === 'text') yield { type: 'text', text: event.v };
    else if (event.t === 'reasoning') yield { type: 'reasoning', text: event.v };
    else if (event.t === 'file') {
      const { files, idempotencyKey, signal } = context;
      const file: FileValue =
        event.base64 === undefined
          ? await files.fromUrl({ url: event.url ?? '', mimeType: event.mime, signal })
          : await files.store({
              bytes: Buffer.from(event.base64, 'base64'),
              filename: null,
              mimeType: event.mime,
              idempotencyKey,
              signal,
            });
      yield { type: 'file', file };
    } else if (event.t === 'done') {
      const { toolCalls, usage, finishReason } = event.result;
      for (const { id, function: call } of toolCalls) {
        yield { type: 'tool-call', call: { id, name: call.name, arguments: call.arguments } };
      }
      yield { type: 'finish', usage, finishReason };
    }
  }
}

async function toWire(
  message: PromptMessage,
  options: { files: FilePort; format: 'base64' | 'url' },
  signal: AbortSignal,
): Promise<WirePromptMessage> {
  const content =
    typeof message.content === 'string'
      ? message.content
      : await Promise.all(
          message.content.map(
            async (part): Promise<ContentPart> =>
              part.type === 'text'
                ? { type: 'text', data: part.text }
                : filePart(part.file, part.detail, options, signal),
          ),
        );
  if (message.role === 'tool') return { role: 'tool', content, tool_call_id: message.toolCallId ?? '' };
  if (message.role !== 'assistant') return { role: message.role, content };
  return {
    role: 'assistant',
    content,
    ...(message.toolCalls === undefined
      ? {}
      : {
          tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => ({
            id,
            type: 'function' as const,
            function: { name, arguments: text },
          })),
        }),
  };
}

async function filePart(
  file: FileValue,
  detail: 'high' | 'low',
  options: { files: FilePort; format: 'base64' | 'url' },
  signal: AbortSignal,
): Promise<FilePart> {
  const facts = {
    type: file.type === 'custom' ? ('document' as const) : file.type,
    format: (file.extension ?? '').replace(/^\./, ''),
    mime_type: file.mime_type ?? '',
    filename: file.filename ?? '',
    detail,
  };
  const url = file.url ?? file.remote_url;
  if (options.format === 'url' && url !== null) return { ...facts, url, base64_data: '' };
  const bytes = await options.files.read(file, signal);
  return { ...facts, url: '', base64_data: Buffer.from(bytes).toString('base64') };
}
