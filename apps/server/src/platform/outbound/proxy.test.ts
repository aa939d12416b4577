import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOutboundClient, type OutboundClient } from './outbound-client.ts';
import { createFakeResolver } from './testing/ssrf-corpus.ts';

/** A proxy in the manner of squid: `denied.test` breaks a rule, everything else is answered by itself. */
let proxy: Server;
let proxyUrl: string;
let asked: string[] = [];
let client: OutboundClient;

beforeAll(async () => {
  proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url?.includes('denied.test')) {
      response.writeHead(403, { 'x-squid-error': 'ERR_ACCESS_DENIED 0' }).end('denied');
    } else response.end('through the proxy');
  });
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\nContent-Length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});

afterEach(async () => {
  asked = [];
  await client.destroy();
});

afterAll(async () => {
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
});

function connect(noProxy: string[] = []): OutboundClient {
  client = createOutboundClient({
    proxies: { untrusted: { httpUrl: proxyUrl, httpsUrl: proxyUrl, noProxy } },
    resolve: createFakeResolver(),
  });
  return client;
}

describe('a configured proxy', () => {
  it('gets untrusted requests, whose names it resolves itself', async () => {
    const response = await connect().request({ url: 'http://somewhere.test/path?q=1' });
    expect(await response.text()).toBe('through the proxy');
    expect(asked).toEqual(['GET http://somewhere.test/path?q=1']);
  });

  it('is blamed by name when its rules refuse', async () => {
    const refusal = { code: 'proxy_refused', message: expect.stringContaining('proxy') };
    await expect(connect().request({ url: 'http://denied.test/' })).rejects.toMatchObject(refusal);
    await client.destroy();
    await expect(connect().request({ url: 'https://denied.test/' })).rejects.toMatchObject(refusal);
    expect(asked).toEqual(['GET http://denied.test/', 'CONNECT denied.test:443']);
  });

  it('is not asked for addresses that are refused at sight', async () => {
    for (const url of ['http://127.0.0.1/', 'http://localhost/', 'http://a@b.test/', 'http://x.test:6379/']) {
      await expect(connect().request({ url })).rejects.toMatchObject({ isRefusal: true });
      await client.destroy();
    }
    expect(asked).toEqual([]);
  });

  it('is passed by for listed hosts, which are then checked here', async () => {
    await expect(connect(['.ssrf.test']).request({ url: 'http://private.ssrf.test/' })).rejects.toMatchObject(
      {
        code: 'address_refused',
      },
    );
    expect(asked).toEqual([]);
  });

  it('of one policy is not used by another', async () => {
    const request = connect().request({ url: 'http://somewhere.test/', policy: 'model' });
    await expect(request).rejects.toMatchObject({ code: 'name_not_resolved' });
    expect(asked).toEqual([]);
  });
});
