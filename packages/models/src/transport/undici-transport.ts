import { Agent, type Dispatcher, request } from 'undici';
import type { Transport } from './transport.ts';

/** Options of the default transport. */
export interface UndiciTransportOptions {
  /** Time to reach the server; 10 s when absent. */
  connectTimeoutMs?: number;
  /** A dispatcher of one's own, for proxies, private certificates or address checks. */
  dispatcher?: Dispatcher;
}

/**
 * The default transport, over undici with connections kept alive. It waits for answers without limit, because slow
 * local models may think for minutes: the runtime limits the silence between bytes instead.
 */
export function createUndiciTransport(
  options: UndiciTransportOptions = {},
): Transport & { close(): Promise<void> } {
  const dispatcher =
    options.dispatcher ??
    new Agent({
      connect: { timeout: options.connectTimeoutMs ?? 10_000 },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  return {
    request: async (url, { method, headers, body, signal }) => {
      const answer = await request(url, {
        method,
        headers: { ...headers },
        dispatcher,
        body: body ?? null,
        signal: signal ?? null,
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    },
    close: () => dispatcher.close(),
  };
}
