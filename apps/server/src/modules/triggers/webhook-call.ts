import { isObject, type TriggerWebhookData } from '@trellis/graph';
import type { ReceivedFile, WebhookBody } from './webhook-body.ts';
import { WebhookRefusal } from './webhook-refusal.ts';
import { checkedValue, convertedValue, type WebhookValueType } from './webhook-values.ts';

/** A call of a webhook, read but not checked. */
export interface WebhookCall {
  method: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  body: WebhookBody;
}

/** What a call brings to the run. Files have not been stored yet. */
export interface WebhookEvent {
  inputs: Record<string, unknown>;
  /** The call as it came, for `_webhook_raw`. */
  raw: {
    method: string;
    headers: Readonly<Record<string, string>>;
    query_params: Readonly<Record<string, string>>;
    body: unknown;
    files: Readonly<Record<string, ReceivedFile | ReceivedFile[]>>;
  };
}

/** Throws {@link WebhookRefusal} unless the method is the webhook's. */
export function assertMethod(settings: TriggerWebhookData, method: string): void {
  if (method !== settings.method) {
    throw new WebhookRefusal(`HTTP method mismatch. Expected ${settings.method}, got ${method}`);
  }
}

/** The content type of a call without its parameters; one that says nothing sends JSON. */
export function contentTypeOf(header: string | undefined): string {
  const type = (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === '' ? 'application/json' : type;
}

/** Throws {@link WebhookRefusal} unless the content type is the webhook's. */
export function assertContentType(settings: TriggerWebhookData, contentType: string): void {
  if (contentType !== settings.content_type) {
    throw new WebhookRefusal(`Content-type mismatch. Expected ${settings.content_type}, got ${contentType}`);
  }
}

/**
 * Checks a call against the settings and gives the outputs of the node their values; what was not sent and need not be
 * is null. Throws {@link WebhookRefusal} naming the first value that is missing or of another type.
 */
export function readWebhookCall(settings: TriggerWebhookData, call: WebhookCall): WebhookEvent {
  const inputs: Record<string, unknown> = {};
  const headers = new Map(Object.entries(call.headers).map(([name, value]) => [headerKey(name), value]));
  for (const { name, required } of settings.headers) {
    const value = headers.get(headerKey(name));
    if (value === undefined && required) throw new WebhookRefusal(`Required header missing: ${name}`);
    inputs[name.replaceAll('-', '_')] = value ?? null;
  }
  for (const { name, type, required } of settings.params) {
    const value = own(call.query, name);
    if (value === undefined && required) throw new WebhookRefusal(`Required parameter missing: ${name}`);
    inputs[name] =
      value === undefined
        ? null
        : fit(convertedValue(type, value as string), { place: 'parameter', name, type });
  }
  Object.assign(inputs, bodyInputs(settings, call.body));
  return {
    inputs,
    raw: {
      method: call.method,
      headers: call.headers,
      query_params: call.query,
      body: rawBody(call.body),
      files: call.body.kind === 'form' ? call.body.files : {},
    },
  };
}

/** Header names are compared without regard to case, and to `-` or `_`. */
function headerKey(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

function bodyInputs(settings: TriggerWebhookData, body: WebhookBody): Record<string, unknown> {
  if (body.kind === 'text' || body.kind === 'binary') return wholeBody(settings, body);
  const inputs: Record<string, unknown> = {};
  for (const { name, type, required } of settings.body) {
    const given = body.kind === 'json' ? jsonField(body.value, name) : formField(body, { name, type });
    const value = given ?? null;
    if (value === null && required) throw new WebhookRefusal(`Required body parameter missing: ${name}`);
    if (value === null) inputs[name] = null;
    else {
      const isText = body.kind === 'form' && typeof value === 'string';
      const fitting = isText ? convertedValue(type, value) : checkedValue(type, value);
      inputs[name] = fit(fitting, { place: 'body parameter', name, type });
    }
  }
  return inputs;
}

/** A body of one piece is the value of the one field that is set up for it. */
function wholeBody(
  settings: TriggerWebhookData,
  body: Extract<WebhookBody, { kind: 'text' | 'binary' }>,
): Record<string, unknown> {
  const [field] = settings.body;
  if (!field) return {};
  const value = body.kind === 'text' ? body.text || null : body.file;
  if (value === null && field.required) {
    throw new WebhookRefusal(`Required body parameter missing: ${field.name}`);
  }
  return { [field.name]: value };
}

function jsonField(value: unknown, name: string): unknown {
  return isObject(value) ? own(value, name) : undefined;
}

function formField(
  body: Extract<WebhookBody, { kind: 'form' }>,
  { name, type }: { name: string; type: WebhookValueType },
): unknown {
  if (type !== 'file') return own(body.fields, name);
  const files = own(body.files, name);
  return Array.isArray(files) ? files[0] : files;
}

function own(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function fit(
  result: { value: unknown } | null,
  about: { place: string; name: string; type: WebhookValueType },
): unknown {
  if (result) return result.value;
  throw new WebhookRefusal(`Invalid ${about.place} '${about.name}': expected ${about.type}`);
}

function rawBody(body: WebhookBody): unknown {
  switch (body.kind) {
    case 'json':
      return body.value;
    case 'form':
      return body.fields;
    case 'text':
      return { raw: body.text };
    case 'binary':
      return { raw: body.file };
  }
}
