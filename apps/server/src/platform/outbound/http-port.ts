import type { HttpPort } from '@trellis/engine';
import type { OutboundClient } from './outbound-client.ts';

/**
 * The engine's way to the web: requests of workflow nodes under the rules for addresses that people and
 * models chose. The longest allowed times are the operator's; a node may ask for less.
 */
export function createHttpPort(
  client: OutboundClient,
  options: {
    readonly limits: { readonly maxTextBytes: number; readonly maxBinaryBytes: number };
    readonly maxConnectMs: number;
    readonly maxReadMs: number;
    readonly maxWriteMs: number;
    readonly verifyTls: boolean;
  },
): HttpPort {
  const { limits } = options;
  return {
    limits,
    async send({ method, url, headers, body, timeouts, verifyTls, signal }) {
      const connectMs = Math.min(timeouts.connectMs ?? options.maxConnectMs, options.maxConnectMs);
      const readMs = Math.min(timeouts.readMs ?? options.maxReadMs, options.maxReadMs);
      const writeMs = Math.min(timeouts.writeMs ?? options.maxWriteMs, options.maxWriteMs);
      const response = await client.request({
        url,
        method,
        headers: gather(headers),
        body,
        policy: 'untrusted',
        headersTimeoutMs: connectMs + writeMs + readMs,
        idleTimeoutMs: readMs,
        timeoutMs: null,
        // The node reads up to its own limits and words the refusal; one byte more stops any other reader.
        maxBytes: Math.max(limits.maxTextBytes, limits.maxBinaryBytes) + 1,
        verifyTls: verifyTls ?? options.verifyTls,
        signal,
      });
      return {
        status: response.status,
        headers: Object.entries(response.headers).flatMap(([name, value]) =>
          (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(
            (one) => [name, one] as const,
          ),
        ),
        body: response.body,
        url: response.url.href,
      };
    },
  };
}

/** Header lines by name; a name that repeats keeps all its values. */
function gather(lines: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const gathered = new Map<string, string | string[]>();
  for (const [name, value] of lines) {
    const lower = name.toLowerCase();
    const before = gathered.get(lower);
    gathered.set(
      lower,
      before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value],
    );
  }
  return Object.fromEntries(gathered);
}
