import { z } from 'zod';

/** Model names matched by a regular expression; the file is ours, so it is trusted. */
const patternSchema = z.string().transform((source) => new RegExp(source, 'iu'));

const conditionalDropSchema = z.object({
  /** Applies to these models only. */
  models: patternSchema.optional(),
  /** Applies only when these parameters have these values. */
  when: z.record(z.string(), z.unknown()).optional(),
  params: z.array(z.string()),
});

/** Where a server departs from the wire format that its adapter speaks. Data, so that a provider is a file. */
export const quirksSchema = z.strictObject({
  /** Wire name of the token limit; `auto` is `max_completion_tokens` for reasoning families. */
  max_tokens_field: z.enum(['auto', 'max_tokens', 'max_completion_tokens']).default('max_tokens'),
  send_user: z.enum(['hash', 'raw', 'off']).default('hash'),
  user_field: z.string().default('user'),
  send_stop: z.boolean().default(true),
  /** How many stop sequences the server takes; the rest is enforced here. */
  stop_limit: z.int().min(0).default(4),
  include_usage: z.boolean().default(true),
  drop_params: z.array(conditionalDropSchema).default([]),
  rename_params: z.record(z.string(), z.string()).default({}),
  /** Boolean parameters sent as `{type: "enabled" | "disabled"}`. */
  bool_to_object: z.array(z.string()).default([]),
  /** Assistant messages carry `reasoning_content` back, for these models. */
  echo_reasoning: patternSchema.optional(),
  /** Reasoning parameters are gathered into one `reasoning` object (OpenRouter). */
  reasoning_object: z.boolean().default(false),
  image_mode: z.enum(['object', 'string']).default('object'),
  /** The server fetches files by their address; otherwise it takes their data only. */
  files_by_url: z.boolean().default(true),
  tool_mode: z.enum(['tools', 'functions']).default('tools'),
  /** These models are called without streaming and answer in one piece. */
  force_non_stream: patternSchema.optional(),
  merge_same_role: z.boolean().default(false),
  extra_body: z.record(z.string(), z.unknown()).default({}),
});

/** Departures of one server from a wire format, defaults filled in. */
export type Quirks = z.infer<typeof quirksSchema>;

/** No departures. */
export const noQuirks: Quirks = quirksSchema.parse({});
