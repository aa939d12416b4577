import type { Transport } from '@trellis/models';
import type { OutboundClient } from '../../platform/outbound/outbound-client.ts';

/** How model calls leave: through the one outbound client, under the rules for addresses that an admin entered. */
export function createModelTransport(client: OutboundClient): Transport {
  return {
    async request(url, { method, headers, body, signal }) {
      const response = await client.request({
        url,
        method,
        headers,
        policy: 'model',
        maxRedirects: 0,
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
      const flat: Record<string, string> = {};
      for (const [name, value] of Object.entries(response.headers)) {
        if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
      }
      return { status: response.status, headers: flat, body: response.body };
    },
  };
}
