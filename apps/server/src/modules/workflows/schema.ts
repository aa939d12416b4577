import { z } from 'zod';

/** Asks for values whole that the console shortens otherwise. */
export const fullQuery = z.object({ full: z.stringbool().default(false) });

/** Params of routes about one app. */
export const appParams = z.object({ appId: z.uuid() });

/** Body of a saved draft. */
export const draftBody = z.object({
  graph: z.looseObject({}),
  features: z.record(z.string(), z.unknown()).default({}),
  hash: z.string().optional(),
  environment_variables: z.array(z.unknown()).optional(),
  conversation_variables: z.array(z.unknown()).optional(),
});

/** A person as versions and runs show them. */
export const personSchema = z.object({ id: z.string(), name: z.string(), email: z.string() });

/** A draft or version with its content. */
export const workflowSchema = z.object({
  id: z.string(),
  version: z.string(),
  marked_name: z.string(),
  marked_comment: z.string(),
  graph: z.unknown(),
  features: z.record(z.string(), z.unknown()),
  hash: z.string(),
  environment_variables: z.array(z.record(z.string(), z.unknown())),
  conversation_variables: z.array(z.record(z.string(), z.unknown())),
  rag_pipeline_variables: z.array(z.unknown()),
  tool_published: z.boolean(),
  created_by: personSchema.nullable(),
  created_at: z.number().int(),
  updated_by: personSchema.nullable(),
  updated_at: z.number().int(),
});

/** Answer of a blocking workflow run. */
export const runAnswerSchema = z.object({
  task_id: z.string(),
  workflow_run_id: z.string(),
  data: z.looseObject({
    id: z.string(),
    workflow_id: z.string(),
    status: z.string(),
    outputs: z.record(z.string(), z.unknown()).nullable(),
    error: z.string().nullable(),
    elapsed_time: z.number(),
    total_tokens: z.number(),
    total_steps: z.number(),
    created_at: z.number(),
    finished_at: z.number().nullable(),
    created_by: z.record(z.string(), z.string()),
    exceptions_count: z.number(),
    files: z.array(z.unknown()),
  }),
});

/** The run that another one began as. */
export const originSchema = z.object({
  run_id: z.string(),
  kind: z.enum(['retry', 'rerun']),
  /** The node that a rerun began with. */
  node_id: z.string().nullable(),
});

/** A run as the service API shows it. */
export const runDetailSchema = z.object({
  id: z.string(),
  workflow_id: z.string(),
  status: z.string(),
  inputs: z.string().nullable(),
  outputs: z.record(z.string(), z.unknown()),
  error: z.string().nullable(),
  total_steps: z.number(),
  total_tokens: z.number(),
  created_at: z.number(),
  finished_at: z.number().nullable(),
  elapsed_time: z.number(),
  /** Ours: set for a run that tries another one again, or runs it again from a node. */
  origin: originSchema.nullable(),
});

/** An end user as records show them. */
export const endUserSchema = z.object({
  id: z.string(),
  type: z.string(),
  is_anonymous: z.boolean(),
  session_id: z.string(),
});

/** A page of run logs. */
export const runLogPage = z.object({
  page: z.number(),
  limit: z.number(),
  total: z.number(),
  has_more: z.boolean(),
  data: z.array(
    z.object({
      id: z.string(),
      workflow_run: z.object({
        id: z.string(),
        version: z.string(),
        status: z.string(),
        triggered_from: z.string(),
        error: z.string().nullable(),
        elapsed_time: z.number(),
        total_tokens: z.number(),
        total_steps: z.number(),
        created_at: z.number(),
        finished_at: z.number().nullable(),
        exceptions_count: z.number(),
      }),
      details: z.null(),
      created_from: z.string(),
      created_by_role: z.enum(['end_user', 'account']),
      created_by_account: personSchema.nullable(),
      created_by_end_user: endUserSchema.nullable(),
      created_at: z.number(),
    }),
  ),
});

/** Query of run logs (spec: service API §8.2). */
export const runLogQuery = z.object({
  keyword: z
    .string()
    .transform((text) => text.slice(0, 30))
    .optional(),
  status: z.enum(['succeeded', 'failed', 'stopped', 'running', 'partial-succeeded', 'paused']).optional(),
  created_at__before: z.iso.datetime({ offset: true }).optional(),
  created_at__after: z.iso.datetime({ offset: true }).optional(),
  created_by_end_user_session_id: z.string().optional(),
  created_by_account: z.string().optional(),
  page: z.coerce.number().int().min(1).max(99_999).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** Query of re-attachment (spec: service API §8.3). */
export const attachQuery = z.object({
  include_state_snapshot: z.string().optional(),
  continue_on_pause: z.string().optional(),
  after: z.coerce.number().int().min(0).optional(),
});

/** Only the word `true` switches a flag on. */
export function isOn(flag: string | undefined): boolean {
  return flag?.toLowerCase() === 'true';
}
