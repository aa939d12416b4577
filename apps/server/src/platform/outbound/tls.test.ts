import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOutboundClient, type OutboundClient, type OutboundClientOptions } from './outbound-client.ts';
import { createTestCertificate } from './testing/certificate.ts';
import { createFakeResolver } from './testing/ssrf-corpus.ts';

const certificate = createTestCertificate(['site.test', '*.site.test']);
let plain: Server;
let secure: Server;
let client: OutboundClient;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const secureUrl = (host = 'site.test', path = '/'): string => `https://${host}:${portOf(secure)}${path}`;

function connect(options: OutboundClientOptions = {}): OutboundClient {
  client = createOutboundClient({
    allowList: { domains: ['.site.test', 'wrong.test'] },
    resolve: createFakeResolver({
      'site.test': ['127.0.0.1'],
      'api.site.test': ['127.0.0.1'],
      'wrong.test': ['127.0.0.1'],
    }),
    ...options,
  });
  return client;
}

beforeAll(async () => {
  plain = createHttpServer((_request, response) => response.end('in clear'));
  secure = createServer({ ...certificate }, (request, response) => {
    const host = 'site.test';
    if (request.url === '/down')
      response.writeHead(302, { location: `http://${host}:${portOf(plain)}/` }).end();
    else response.end('encrypted');
  });
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
});
afterEach(() => client.destroy());
afterAll(async () => {
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('requests over TLS', () => {
  it('trust the certificates that the operator added', async () => {
    const trusting = connect({ ca: [certificate.cert] });
    expect(await (await trusting.request({ url: secureUrl() })).text()).toBe('encrypted');
    expect(await (await trusting.request({ url: secureUrl('api.site.test') })).text()).toBe('encrypted');
  });

  it('do not trust others, or a certificate of another name', async () => {
    await expect(connect().request({ url: secureUrl() })).rejects.toMatchObject({ code: 'tls_failed' });
    await client.destroy();
    await expect(
      connect({ ca: [certificate.cert] }).request({ url: secureUrl('wrong.test') }),
    ).rejects.toMatchObject({
      code: 'tls_failed',
    });
  });

  it('skip the verification where that was configured, and only there', async () => {
    const lenient = connect();
    expect(await (await lenient.request({ url: secureUrl(), verifyTls: false })).text()).toBe('encrypted');
    await expect(lenient.request({ url: secureUrl() })).rejects.toMatchObject({ code: 'tls_failed' });
  });

  it('do not follow a redirect to clear text', async () => {
    const request = connect({ ca: [certificate.cert] }).request({ url: secureUrl('site.test', '/down') });
    await expect(request).rejects.toMatchObject({ code: 'redirect_refused' });
  });

  it('check addresses as well', async () => {
    const strict = connect({ ca: [certificate.cert], allowList: {} });
    await expect(strict.request({ url: secureUrl() })).rejects.toMatchObject({ code: 'address_refused' });
    await expect(strict.request({ url: `https://[::1]:${portOf(secure)}/` })).rejects.toMatchObject({
      code: 'address_refused',
    });
  });
});
