import { z } from 'zod';
import { chosenAddress } from '../../platform/http/chosen-address.ts';

/** `user`: any JSON scalar, read as text; blank counts as missing. */
export const userField = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .optional()
  .transform((user) => (user === undefined || user === '' ? undefined : user));

/** `limit` of cursor lists. */
export const limitField = z.coerce.number().int().min(1).max(100).default(20);

const responseMode = z.enum(['streaming', 'blocking']).default('blocking');

/** Body of `POST /chat-messages`. Other fields that clients send are ignored. */
export const chatBody = z.object({
  inputs: z.record(z.string(), z.unknown()),
  query: z.string().min(1, 'must not be empty'),
  user: userField,
  response_mode: responseMode,
  conversation_id: z.string().optional(),
  files: z.array(z.unknown()).default([]),
  auto_generate_name: z.boolean().default(true),
  workflow_id: z.string().optional(),
  trace_id: z.string().optional(),
});

/** How a run is answered, and where its end is told; `async` and `callback_url` are ours. */
export const runModeFields = {
  response_mode: z.enum(['streaming', 'blocking', 'async']).default('blocking'),
  callback_url: chosenAddress(z.string()).optional(),
};

/** The same for programs, which need not wait for a chatflow. */
export const programChatBody = chatBody.extend(runModeFields);

/** Body of `POST /completion-messages`. */
export const completionBody = z.object({
  inputs: z.record(z.string(), z.unknown()),
  query: z.string().default(''),
  user: userField,
  response_mode: responseMode,
  files: z.array(z.unknown()).default([]),
});

/** Usage of model calls on the wire. */
export const usageSchema = z.object({
  prompt_tokens: z.number().int(),
  prompt_unit_price: z.string(),
  prompt_price_unit: z.string(),
  prompt_price: z.string(),
  completion_tokens: z.number().int(),
  completion_unit_price: z.string(),
  completion_price_unit: z.string(),
  completion_price: z.string(),
  total_tokens: z.number().int(),
  total_price: z.string(),
  currency: z.string(),
  latency: z.number(),
  time_to_first_token: z.number().nullable(),
  time_to_generate: z.number().nullable(),
});

/** Metadata of an answer. */
export const metadataSchema = z.object({
  annotation_reply: z.unknown().optional(),
  retriever_resources: z.array(z.unknown()).optional(),
  usage: usageSchema.optional(),
});

/** The answer of a blocking call. */
export const answerSchema = z.object({
  event: z.literal('message'),
  task_id: z.string(),
  id: z.string(),
  message_id: z.string(),
  conversation_id: z.string().optional(),
  mode: z.string(),
  answer: z.string(),
  metadata: metadataSchema,
  created_at: z.number().int(),
});

/** A conversation. */
export const conversationSchema = z.object({
  id: z.string(),
  name: z.string(),
  inputs: z.record(z.string(), z.unknown()),
  status: z.string(),
  introduction: z.string(),
  created_at: z.number().int(),
  updated_at: z.number().int(),
});

/** A file of a message. */
export const messageFileSchema = z.object({
  id: z.string(),
  filename: z.string().nullable(),
  type: z.string(),
  url: z.string(),
  mime_type: z.string().nullable(),
  size: z.number(),
  transfer_method: z.string(),
  belongs_to: z.string(),
  upload_file_id: z.string().nullable(),
});

/** A message. */
export const messageSchema = z.object({
  id: z.string(),
  conversation_id: z.string(),
  parent_message_id: z.string().nullable(),
  inputs: z.record(z.string(), z.unknown()),
  query: z.string(),
  answer: z.string(),
  status: z.enum(['normal', 'error', 'paused']),
  error: z.string().nullable(),
  feedback: z.object({ rating: z.enum(['like', 'dislike']) }).nullable(),
  retriever_resources: z.array(z.unknown()),
  message_files: z.array(messageFileSchema),
  agent_thoughts: z.array(z.unknown()),
  extra_contents: z.array(z.unknown()),
  created_at: z.number().int(),
  message_tokens: z.number().int(),
  answer_tokens: z.number().int(),
  total_tokens: z.number().int(),
  provider_response_latency: z.number(),
  total_price: z.string().nullable(),
  currency: z.string().nullable(),
});

/** A cursor list of items. */
export function cursorPage<T extends z.ZodType>(item: T) {
  return z.object({ limit: z.number().int(), has_more: z.boolean(), data: z.array(item) });
}

/** `{result: "success"}`. */
export const resultSchema = z.object({ result: z.literal('success') });

/** Errors that every generation call may answer with. */
export const generationErrors = [
  'invalid_param',
  'bad_request',
  'unauthorized',
  'forbidden',
  'not_found',
  'unsupported_media_type',
  'app_unavailable',
  'provider_not_initialize',
  'provider_quota_exceeded',
  'model_currently_not_support',
  'completion_request_error',
  'conversation_completed',
  'idempotency_key_reused',
  'too_many_requests',
  'internal_server_error',
] as const;
