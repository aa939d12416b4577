import { isAbort } from '@trellis/models';
import { OutboundError } from '../../platform/outbound/errors.ts';
import type { OutboundClient } from '../../platform/outbound/outbound-client.ts';

const timeoutMs = 60_000;
const maxAnswerBytes = 1024 * 1024;
const shownCharacters = 100;

/** Moments at which an extension service is asked (spec: agents and tools §4.4). */
export type ExtensionPoint =
  | 'ping'
  | 'app.external_data_tool.query'
  | 'app.moderation.input'
  | 'app.moderation.output';

/** An extension that did not answer as the protocol says; the message is the protocol's. */
export class ExtensionError extends Error {
  override readonly name = 'ExtensionError';
}

/** One call of an extension service. */
export interface ExtensionCall {
  endpoint: string;
  apiKey: string;
  point: ExtensionPoint;
  params: Record<string, unknown>;
  signal?: AbortSignal | undefined;
}

/**
 * Asks an extension service; its address was chosen by a person, so the request goes out as an untrusted one.
 *
 * @throws {ExtensionError} in the words of the protocol; the reason of `signal` when that ended the call
 */
export async function callExtension(outbound: OutboundClient, call: ExtensionCall): Promise<unknown> {
  const { endpoint, apiKey, point, params, signal } = call;
  try {
    const answer = await outbound.request({
      url: endpoint,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({ point, params }),
      timeoutMs,
      headersTimeoutMs: timeoutMs,
      idleTimeoutMs: timeoutMs,
      maxBytes: maxAnswerBytes,
      // The key is for this address alone.
      maxRedirects: 0,
      ...(signal ? { signal } : {}),
    });
    const text = await answer.text();
    if (answer.status !== 200) {
      throw new ExtensionError(
        `request error, status_code: ${answer.status}, content: ${text.slice(0, shownCharacters)}`,
      );
    }
    return parse(text);
  } catch (error) {
    if (error instanceof ExtensionError || signal?.aborted) throw error;
    throw new ExtensionError(wordsFor(error), { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ExtensionError('the answer is not JSON', { cause });
  }
}

function wordsFor(error: unknown): string {
  if (!(error instanceof OutboundError))
    return isAbort(error) ? 'request timeout' : 'request connection error';
  if (/timeout/.test(error.code)) return 'request timeout';
  // A refused address is the person's to correct, so it is said in full.
  return error.isRefusal ? error.message : 'request connection error';
}
