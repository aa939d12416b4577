import type { HttpRequestData } from '@trellis/graph';
import type { NodeOutcome } from '../../core/outcome.ts';
import { NodeError } from '../../errors.ts';
import { defineNode } from '../../plan/node-definition.ts';
import type { HttpResponse } from '../../ports/index.ts';
import { renderTemplate } from '../../values/template.ts';
import { failureOf } from '../error-of.ts';
import { type NodeContext, requirePort } from '../node-context.ts';
import { type EncodedBody, encodeBody } from './encode-body.ts';
import {
  authorizationHeader,
  type Pair,
  parsePairs,
  planBody,
  type Render,
  requestMethod,
  requestUrl,
} from './request-parts.ts';
import { recordRequest } from './request-record.ts';
import { decodeText, defaultResponseLimits, readResponse } from './response.ts';

/** Sends a request to an address on the web. */
export const httpRequestNode = defineNode({
  type: 'http-request',
  hasSideEffects: true,
  async run(data, context): Promise<NodeOutcome> {
    const report: { processData?: Record<string, unknown> } = {};
    try {
      const render: Render = (text) => renderTemplate(text, context.pool);
      const method = requestMethod(data);
      const authorization = authorizationHeader(data, render);
      const url = requestUrl(data, render);
      const body = planBody(data, render, context.pool);
      const encoded = await encodeBody(body, {
        boundary: `trellis-${context.executionId}`,
        read: (file) => requirePort(context, 'files').read(file, context.signal),
      });
      const given = parsePairs(render(data.headers));
      const headers = requestHeaders(given, { authorization, body: encoded, context });
      report.processData = {
        request: recordRequest({ method, url, headers, authorization, body }, context.pool),
      };
      const response = await send(data, { method, url, headers, bytes: encoded.bytes }, context);
      return { ...report, ...(await outcomeOf(response, data, context)) };
    } catch (error) {
      return failureOf(error, report, 'HttpRequestNodeError');
    }
  },
});

/** The author's headers, the authorisation, a content type, and the key by which a repetition is recognised. */
function requestHeaders(
  given: readonly Pair[],
  parts: { authorization: Pair | null; body: EncodedBody; context: NodeContext },
): Pair[] {
  const { authorization, body, context } = parts;
  const has = (name: string) => given.some(([other]) => other.toLowerCase() === name.toLowerCase());
  const kept = given.filter(
    ([name]) =>
      !(body.overridesContentType && name.toLowerCase() === 'content-type') &&
      !(authorization !== null && name.toLowerCase() === authorization[0].toLowerCase()),
  );
  const headers = [...kept];
  if (authorization !== null) headers.push(authorization);
  if (body.contentType !== null && (body.overridesContentType || !has('content-type'))) {
    headers.push(['Content-Type', body.contentType]);
  }
  if (!has('idempotency-key')) headers.push(['Idempotency-Key', context.idempotencyKey]);
  return headers;
}

async function send(
  data: HttpRequestData,
  request: { method: string; url: string; headers: readonly Pair[]; bytes: Uint8Array | null },
  context: NodeContext,
): Promise<HttpResponse> {
  const { connect, read, write } = data.timeout;
  const toMs = (seconds: number | null) => (seconds === null ? null : seconds * 1000);
  return requirePort(context, 'http').send({
    method: request.method,
    url: request.url,
    headers: request.headers,
    body: request.bytes,
    timeouts: { connectMs: toMs(connect), readMs: toMs(read), writeMs: toMs(write) },
    verifyTls: data.ssl_verify,
    signal: context.signal,
  });
}

async function outcomeOf(
  response: HttpResponse,
  data: HttpRequestData,
  context: NodeContext,
): Promise<NodeOutcome> {
  const limits = context.ports.http?.limits ?? defaultResponseLimits;
  const { bytes, isFile, filename, mimeType, headers } = await readResponse(response, limits);
  const { idempotencyKey, signal } = context;
  const files =
    isFile && bytes.length > 0
      ? [await requirePort(context, 'files').store({ bytes, filename, mimeType, idempotencyKey, signal })]
      : [];
  const body = isFile ? '' : decodeText(bytes, headers['content-type']);
  const outputs = { status_code: response.status, body, headers, files };
  const isSuccess = response.status >= 200 && response.status < 300;
  const isStrict = data.retry_config.retry_enabled || data.error_strategy !== null;
  if (isSuccess || !isStrict) return { status: 'succeeded', outputs };
  const { type, message } = new NodeError(
    'HTTPResponseCodeError',
    `Request failed with status code ${response.status}`,
  );
  return { status: 'failed', outputs, error: message, errorType: type };
}
