import { describe, expect, it } from 'vitest';
import { createWebhookSecret, webhookHeaders } from './webhook-signature.ts';

describe('the signature of a callback', () => {
  it('is that of the Standard Webhooks specification', () => {
    // The example of the specification's symmetric scheme, as its libraries test it.
    const headers = webhookHeaders(
      {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestampSeconds: 1_614_265_330,
        body: '{"test": 2432232314}',
      },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is there once for each secret, and differs', () => {
    const secrets = [createWebhookSecret(), createWebhookSecret()];
    const message = { id: 'a', timestampSeconds: 1, body: '{}' };
    const signatures = webhookHeaders(message, secrets)['webhook-signature']?.split(' ') ?? [];
    expect(new Set(signatures).size).toBe(2);
  });
});
