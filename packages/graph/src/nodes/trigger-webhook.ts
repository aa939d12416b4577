import { z } from 'zod';
import { nodeData } from './common.ts';
import { flag, flagOn, list, looseNumber, looseText, orElse, textOrEmpty } from './fields.ts';

/** Types of query parameters and headers of a webhook. */
export const webhookParameterTypes = ['string', 'number', 'boolean'] as const;

/** Types of values in the body of a webhook. */
export const webhookBodyTypes = [
  ...webhookParameterTypes,
  'object',
  'array[string]',
  'array[number]',
  'array[boolean]',
  'array[object]',
  'file',
] as const;

const parameter = z.looseObject({
  name: looseText,
  type: orElse(z.enum(webhookParameterTypes), () => 'string' as const),
  required: flag,
});

const bodyParameter = z.looseObject({
  name: looseText,
  type: orElse(z.enum(webhookBodyTypes), () => 'string' as const),
  required: flag,
});

/** Methods that a webhook may ask for. */
export const webhookMethods = ['GET', 'POST', 'HEAD', 'PATCH', 'PUT', 'DELETE'] as const;

/** Content types that a webhook may ask for. */
export const webhookContentTypes = [
  'application/json',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/octet-stream',
] as const;

/** Data of a webhook trigger. `method` is upper case here; `status_code` is that of the accepting answer. */
export const triggerWebhookData = nodeData('trigger-webhook', {
  method: orElse(looseText, () => 'GET')
    .transform((method) => method.toUpperCase())
    .pipe(z.enum(webhookMethods)),
  content_type: orElse(looseText, () => 'application/json')
    .transform((type) => type.toLowerCase())
    .pipe(z.enum(webhookContentTypes)),
  headers: list(z.looseObject({ name: looseText, required: flag })),
  params: list(parameter),
  body: list(bodyParameter),
  status_code: orElse(looseNumber.pipe(z.int().min(200).max(399)), () => 200),
  response_body: textOrEmpty,
  async_mode: flagOn,
  timeout: orElse(looseNumber, () => 30),
  webhook_url: textOrEmpty,
  webhook_debug_url: textOrEmpty,
  webhook_id: looseText.nullish(),
});

/** Data of a webhook trigger. */
export type TriggerWebhookData = z.output<typeof triggerWebhookData>;
