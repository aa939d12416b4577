import { z } from 'zod';

/** The five kinds of app. */
export const appModes = ['chat', 'completion', 'agent-chat', 'advanced-chat', 'workflow'] as const;

const iconFields = {
  icon_type: z.enum(['emoji', 'image', 'link']).optional(),
  icon: z.string().max(255).optional(),
  icon_background: z.string().max(64).optional(),
};

/** Query of the app list. */
export const appListQuery = z.object({
  page: z.coerce.number().int().min(1).max(99_999).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  mode: z.enum([...appModes, 'all', 'agent', 'channel']).default('all'),
  name: z.string().max(255).optional(),
  tag_ids: z
    .string()
    .transform((text) => text.split(',').filter((id) => id !== ''))
    .pipe(z.array(z.uuid()))
    .optional(),
  is_created_by_me: z.stringbool().optional(),
  creator_ids: z
    .string()
    .transform((text) => text.split(',').filter((id) => id !== ''))
    .pipe(z.array(z.uuid()))
    .optional(),
  sort_by: z.enum(['last_modified', 'recently_created', 'earliest_created']).default('last_modified'),
});

/** Body of a new app. */
export const createAppBody = z.object({
  name: z.string().trim().min(1, 'is required').max(255),
  description: z.string().max(400, 'must have at most 400 characters').optional(),
  mode: z.enum(appModes),
  ...iconFields,
});

/** Body of a changed app. */
export const updateAppBody = z.object({
  name: z.string().trim().min(1, 'is required').max(255),
  description: z.string().max(400, 'must have at most 400 characters').optional(),
  ...iconFields,
  use_icon_as_answer_icon: z.boolean().optional(),
  max_active_requests: z.number().int().min(0).optional(),
});

/** Body of a copied app. */
export const copyAppBody = z.object({
  name: z.string().trim().min(1).max(255).optional(),
  description: z.string().max(400).optional(),
  ...iconFields,
});

/** Body of changed site settings. */
export const siteBody = z.object({
  title: z.string().trim().min(1).max(255).optional(),
  description: z.string().max(4_000).optional(),
  icon_type: z.enum(['emoji', 'image', 'link']).optional(),
  icon: z.string().max(255).optional(),
  icon_background: z.string().max(64).optional(),
  default_language: z.string().max(16).optional(),
  chat_color_theme: z.string().max(64).optional(),
  chat_color_theme_inverted: z.boolean().optional(),
  copyright: z.string().max(255).optional(),
  privacy_policy: z.string().max(2_000).optional(),
  custom_disclaimer: z.string().max(512).optional(),
  input_placeholder: z.string().max(255).optional(),
  prompt_public: z.boolean().optional(),
  show_workflow_steps: z.boolean().optional(),
  use_icon_as_answer_icon: z.boolean().optional(),
});

/** A configuration of a prompt app as the console sends it; its parts are checked by the app service. */
export const modelConfigBody = z.looseObject({});

/** A tag as apps show it. */
export const appTagSchema = z.object({ id: z.string(), name: z.string(), type: z.string() });

/** An app in a list. */
export const appSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  mode: z.enum(appModes),
  icon_type: z.string(),
  icon: z.string(),
  icon_background: z.string().nullable(),
  icon_url: z.string().nullable(),
  tags: z.array(appTagSchema),
  created_by: z.string().nullable(),
  author_name: z.string().nullable(),
  created_at: z.number(),
  updated_at: z.number(),
  published_at: z.number().nullable(),
});

/** A site as the console edits it. */
export const consoleSiteSchema = z.object({
  access_token: z.string(),
  code: z.string(),
  app_base_url: z.string(),
  title: z.string(),
  description: z.string(),
  icon_type: z.string(),
  icon: z.string().nullable(),
  icon_background: z.string().nullable(),
  icon_url: z.string().nullable(),
  default_language: z.string(),
  chat_color_theme: z.string().nullable(),
  chat_color_theme_inverted: z.boolean(),
  copyright: z.string().nullable(),
  privacy_policy: z.string().nullable(),
  custom_disclaimer: z.string(),
  input_placeholder: z.string().nullable(),
  prompt_public: z.boolean(),
  show_workflow_steps: z.boolean(),
  use_icon_as_answer_icon: z.boolean(),
});

/** An app, whole. */
export const appDetailSchema = appSummarySchema.extend({
  enable_site: z.boolean(),
  enable_api: z.boolean(),
  model_config: z.looseObject({}).nullable(),
  workflow: z.looseObject({}).nullable(),
  site: consoleSiteSchema.nullable(),
  api_base_url: z.string(),
  use_icon_as_answer_icon: z.boolean(),
  max_active_requests: z.number().nullable(),
  updated_by: z.string().nullable(),
  deleted_tools: z.array(z.unknown()),
  access_mode: z.string(),
});

/** An API key as lists show it. */
export const apiKeySchema = z.object({
  id: z.string(),
  type: z.string(),
  token: z.string(),
  last_used_at: z.number().nullable(),
  created_at: z.number(),
});
