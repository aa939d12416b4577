import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../environment.ts';
import { createOutboundClient } from './outbound-client.ts';
import { outboundSettings } from './outbound-settings.ts';

const clientOf = (variables: Record<string, string>) =>
  createOutboundClient(outboundSettings(readEnvironment(variables)));

describe('the environment of the outbound client', () => {
  it('opens what the operator lists', () => {
    const client = clientOf({ SSRF_PROXY_ALLOW_PRIVATE_IPS: '10.1.0.0/16, 192.168.3.4' });
    expect(client.assertAllowed('http://10.1.2.3/').hostname).toBe('10.1.2.3');
    expect(() => client.assertAllowed('http://10.2.2.3/')).toThrow(
      expect.objectContaining({ code: 'address_refused' }),
    );
  });

  it('lets models be private on one’s own installation and nowhere else', () => {
    expect(clientOf({}).assertAllowed('http://192.168.0.2:11434/', 'model').port).toBe('11434');
    expect(() => clientOf({ EDITION: 'CLOUD' }).assertAllowed('http://192.168.0.2:11434/', 'model')).toThrow(
      expect.objectContaining({ code: 'address_refused' }),
    );
  });

  it('routes untrusted requests through the proxy', () => {
    const settings = outboundSettings(readEnvironment({ SSRF_PROXY_HTTP_URL: 'http://proxy:3128' }));
    expect(settings.proxies?.untrusted?.httpUrl).toBe('http://proxy:3128');
    expect(settings.proxies).not.toHaveProperty('model');
  });
});
