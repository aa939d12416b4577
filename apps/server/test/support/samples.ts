import { z } from 'zod';
import type { AnyRoute } from '../../src/platform/http/route.ts';
import { configFor, demoModel, programUser } from './app.ts';
import { draftFor } from './graph-app.ts';
import { nowhere } from './world.ts';

/** Values of fields and path parameters that are words, not ids, wherever they stand. */
export const plainValues: Readonly<Record<string, unknown>> = {
  // Paths.
  organisation: 'langgenius',
  plugin: 'openai',
  name: 'openai',
  kind: 'icon_small',
  modelType: 'llm',
  url: encodeURIComponent(`${nowhere}/picture.png`),
  type: 'start',
  nodeId: '1',
  formToken: 'of-a-form-that-nobody-made',
  webhookId: 'of-a-webhook-that-is-not',
  templateId: 'meeting-notes',
};

/** Values of body and query fields by name; what is not here follows from the field's schema. */
const fieldValues: Readonly<Record<string, unknown>> = {
  user: programUser,
  query: 'say: Homeland again',
  inputs: { query: 'say: Homeland again' },
  response_mode: 'blocking',
  auto_generate_name: false,
  name: 'Homeland renamed',
  title: 'Homeland page',
  type: 'app',
  mode: 'chat',
  role: 'editor',
  email: 'somebody@example.com',
  new_email: 'elsewhere@example.com',
  emails: ['invited@example.com'],
  yaml_content: "kind: app\nversion: '0.6.0'\napp: { name: Homeland import, mode: chat }\nmodel_config: {}\n",
  model: 'seeded-model',
  model_type: 'llm',
  credentials: { openai_api_key: '[__HIDDEN__]', openai_api_base: nowhere },
  rating: 'like',
  timezone: 'Europe/Berlin',
  interface_language: 'en-US',
  icon: '🤖',
  api_endpoint: nowhere,
  api_key: '[__HIDDEN__]',
  text: 'Hello',
  url: `${nowhere}/picture.png`,
  node_id: '1',
  node_ids: ['1'],
};

/** Whole bodies, where a field alone says too little. */
const bodies: Readonly<Record<string, Record<string, unknown>>> = {
  'POST /console/api/setup': { email: 'x@example.com', name: 'Somebody', password: 'Correct-horse-9' },
  'POST /console/api/apps/:appId/model-config': configFor('chat'),
  'POST /console/api/apps/:appId/model-config/draft': { model_config: { model: demoModel } },
  'POST /console/api/apps/:appId/workflows/draft': draftFor('workflow', 'Homeland'),
  'POST /v1/workflows/run/:runId/rerun': { inputs: { text: 'Homeland again' } },
  'POST /console/api/apps/:appId/workflow-runs/:runId/rerun': { inputs: { text: 'Homeland again' } },
  'PATCH /console/api/tags/:tagId': { name: 'Homeland label' },
  'POST /console/api/apps/:appId/chat-messages': {
    model_config: configFor('chat'),
    query: 'say: Homeland debugged',
    inputs: {},
    response_mode: 'blocking',
  },
  'POST /console/api/apps/:appId/completion-messages': {
    model_config: { ...configFor('completion'), pre_prompt: '{{query}}' },
    inputs: {},
    response_mode: 'blocking',
    // A text generator's turns stand alone.
    conversation_id: '',
    parent_message_id: '',
  },
  'POST /console/api/account/password': {
    password: 'wrong-1-password',
    new_password: 'Another-horse-9',
    repeat_new_password: 'Another-horse-9',
  },
  'POST /console/api/workspaces/current/default-model': {
    model_settings: [{ model_type: 'llm', provider: demoModel.provider, model: demoModel.name }],
  },
};

type Schema = { [key: string]: unknown };

/**
 * A value for a route's query or body: what it requires, and every field that holds an id. `fill` gives the ids;
 * nothing for a route that takes none.
 */
export function samplesOf(
  route: AnyRoute,
  schema: z.ZodType | undefined,
  fill: (field: string) => unknown,
): Record<string, unknown> | undefined {
  if (schema === undefined) return undefined;
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  const properties = (json['properties'] ?? {}) as Record<string, Schema>;
  const required = new Set((json['required'] ?? []) as string[]);
  const fields: Record<string, unknown> = {};
  for (const [field, property] of Object.entries(properties)) {
    const id = fill(field);
    if (id !== undefined) fields[field] = id;
    else if (required.has(field) || fieldValues[field] !== undefined) {
      fields[field] = sampleOf(field, property);
    }
  }
  const whole = schema === route.body ? bodies[`${route.method} ${route.path}`] : undefined;
  return { ...fields, ...whole };
}

function sampleOf(field: string, schema: Schema): unknown {
  if (schema['const'] !== undefined) return schema['const'];
  const known = fieldValues[field];
  const options = schema['enum'] as unknown[] | undefined;
  if (options) return options.includes(known) ? known : options[0];
  if (known !== undefined) return known;
  const types = schema['type'];
  switch (Array.isArray(types) ? types[0] : types) {
    case 'integer':
    case 'number':
      return schema['minimum'] ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return 'sample';
  }
}
