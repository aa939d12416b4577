import type { OutboundPolicy } from './address-policy.ts';
import type { RequestHeaders, ResponseHeaders } from './headers.ts';
import type { OutboundClient } from './outbound-client.ts';
import type { OutboundBody } from './outbound-request.ts';

/** The narrow port through which packages make requests: an address, what to send, an answer as it streams. */
export interface Transport {
  request(
    url: string,
    options: {
      readonly method: string;
      readonly headers?: RequestHeaders;
      readonly body?: OutboundBody;
      readonly signal?: AbortSignal;
    },
  ): Promise<{
    readonly status: number;
    readonly headers: ResponseHeaders;
    readonly body: AsyncIterable<Uint8Array>;
  }>;
}

/** A transport that sends everything under one policy; 3xx answers are handed on, never followed. */
export function createTransport(
  client: OutboundClient,
  options: { policy: OutboundPolicy; verifyTls?: boolean; idleTimeoutMs?: number },
): Transport {
  return {
    request: (url, request) => client.request({ ...request, url, ...options, maxRedirects: 0 }),
  };
}
