import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttpPort } from './http-port.ts';
import { createOutboundClient, type OutboundClient, type OutboundClientOptions } from './outbound-client.ts';
import { type HostileServer, startHostileServer } from './testing/hostile-server.ts';
import { createFakeResolver, ssrfCorpus } from './testing/ssrf-corpus.ts';

let server: HostileServer;
let site: string;
const clients: OutboundClient[] = [];

/** A client to which the local server looks like a site of the internet: its name is on the allow-list. */
function createClient(options: OutboundClientOptions = {}): OutboundClient {
  const client = createOutboundClient({
    allowList: { domains: ['site.test', 'other.test'] },
    resolve: createFakeResolver({ 'site.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] }),
    ...options,
  });
  clients.push(client);
  return client;
}

beforeAll(async () => {
  server = await startHostileServer();
  site = `http://site.test:${server.port}`;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.destroy()));
});
afterAll(() => server.close());

describe('addresses that must not be requested', () => {
  it.each(ssrfCorpus)('refuses: $name', async ({ url, code }) => {
    const client = createClient();
    await expect(client.request({ url, timeoutMs: 2_000 })).rejects.toMatchObject({ code, isRefusal: true });
  });

  // What a header line cannot carry cannot be redirected to.
  const carriable = ssrfCorpus.filter(({ url }) => /^[\x21-\x7e]+$/.test(url));
  it.each(carriable)('refuses on a redirect: $name', async ({ url }) => {
    const to = encodeURIComponent(url);
    const asked = server.requests.length;
    const outcome = await createClient()
      .request({ url: `${site}/redirect?to=${to}`, timeoutMs: 2_000 })
      .then(
        (response) => ({ status: response.status, url: response.url.host }),
        (error: { isRefusal: boolean }) => error,
      );
    // Relative references stay on the asking site; everything else is refused before a connection.
    if ('isRefusal' in outcome) expect(outcome.isRefusal).toBe(true);
    else expect(outcome.url).toBe(`site.test:${server.port}`);
    expect(server.requests.length - asked).toBeLessThanOrEqual(6);
  });

  it('reaches no listener on the way to a refusal', async () => {
    const connections: unknown[] = [];
    const listener = createServer((socket) => void connections.push(socket.destroy()));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as { port: number };
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', 'loopback.ssrf.test']) {
      await expect(createClient().request({ url: `http://${host}:${port}/` })).rejects.toMatchObject({
        code: 'address_refused',
      });
    }
    await new Promise((resolve) => listener.close(resolve));
    expect(connections).toEqual([]);
  });

  it('does not tell what a name resolves to', async () => {
    const error = await createClient()
      .request({ url: 'http://private.ssrf.test/' })
      .catch((thrown: Error) => thrown);
    expect(String(error)).toContain('private.ssrf.test');
    expect(String(error)).not.toContain('10.0.0.5');
  });

  it('is not fooled by a name server that changes its answer', async () => {
    let asked = 0;
    const client = createClient({
      allowList: { addresses: ['127.0.0.2'] },
      resolve: async () => {
        asked += 1;
        return asked === 1 ? ['127.0.0.2'] : ['127.0.0.1'];
      },
    });
    const seen = server.requests.length;
    // The checked address is the one connected to; nobody listens there, and no second answer is asked for.
    const first = client.request({ url: `http://rebind.test:${server.port}/ok` });
    await expect(first).rejects.toMatchObject({ code: 'connect_failed' });
    expect(asked).toBe(1);
    const second = client.request({ url: `http://rebind.test:${server.port}/ok` });
    await expect(second).rejects.toMatchObject({ code: 'address_refused' });
    expect(server.requests).toHaveLength(seen);
  });

  it('ignores proxies of the process environment', async () => {
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'];
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = `http://127.0.0.1:${server.port}`;
    try {
      const asked = server.requests.length;
      await expect(createClient().request({ url: 'http://127.0.0.1/' })).rejects.toMatchObject({
        code: 'address_refused',
      });
      expect(server.requests).toHaveLength(asked);
    } finally {
      for (const [index, name] of names.entries()) {
        const value = before[index];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});

describe('exceptions', () => {
  const local = (): string => `http://127.0.0.1:${server.port}/ok`;

  it('open an address to untrusted requests', async () => {
    const client = createClient({ allowList: { addresses: ['127.0.0.0/8'] } });
    expect(await (await client.request({ url: local() })).text()).toBe('fine');
  });

  it('open a port', async () => {
    const client = createClient({ extraPorts: [25] });
    expect(client.assertAllowed('http://93.184.215.14:25/').port).toBe('25');
    expect(() => client.assertAllowed('http://93.184.215.14:22/')).toThrow(/Port 22/);
  });

  it('that cannot be read are refused by name', () => {
    expect(() => createOutboundClient({ allowList: { addresses: ['10.0.0.0/99'] } })).toThrow(
      /10\.0\.0\.0\/99/,
    );
  });

  it('let model addresses be private, unless tenants share the server', async () => {
    expect((await createClient().request({ url: local(), policy: 'model' })).status).toBe(200);
    const shared = createClient({ allowPrivateModelHosts: false });
    await expect(shared.request({ url: local(), policy: 'model' })).rejects.toMatchObject({
      code: 'address_refused',
    });
  });

  it.each(['http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://metadata.ssrf.test/'])(
    'never open %s to model or operator addresses',
    async (url) => {
      const client = createClient({ allowList: { addresses: ['0.0.0.0/0', '::/0'] } });
      for (const policy of ['untrusted', 'model', 'operator'] as const) {
        await expect(client.request({ url, policy })).rejects.toMatchObject({ code: 'address_refused' });
      }
    },
  );

  it('keep connections of one policy from serving another', async () => {
    const client = createClient();
    expect(await (await client.request({ url: local(), policy: 'model' })).text()).toBe('fine');
    await expect(client.request({ url: local() })).rejects.toMatchObject({ code: 'address_refused' });
  });
});

describe('redirects', () => {
  const to = (address: string, status = 302): string =>
    `${site}/redirect?status=${status}&to=${encodeURIComponent(address)}`;

  it('are followed, and the answer says where it came from', async () => {
    const response = await createClient().request({ url: to('/ok') });
    expect(await response.text()).toBe('fine');
    expect(response.url.pathname).toBe('/ok');
  });

  it('are handed to the caller when none may be followed', async () => {
    const response = await createClient().request({ url: to('http://127.0.0.1/'), maxRedirects: 0 });
    expect(response.status).toBe(302);
    response.discard();
  });

  it('end somewhere', async () => {
    const asked = server.requests.length;
    await expect(createClient().request({ url: `${site}/loop`, maxRedirects: 3 })).rejects.toMatchObject({
      code: 'too_many_redirects',
    });
    expect(server.requests.length - asked).toBe(4);
  });

  it('take no credentials to another origin', async () => {
    const headers = { authorization: 'Bearer x', 'X-Api-Key': 'y', cookie: 'z=1', accept: 'text/plain' };
    const other = `http://other.test:${server.port}/echo`;
    const crossed = (await (await createClient().request({ url: to(other), headers })).json()) as Echo;
    expect(crossed.headers).toMatchObject({ accept: 'text/plain' });
    for (const name of ['authorization', 'x-api-key', 'cookie'])
      expect(crossed.headers).not.toHaveProperty(name);
    const stayed = (await (await createClient().request({ url: to('/echo'), headers })).json()) as Echo;
    expect(stayed.headers).toMatchObject({ authorization: 'Bearer x', 'x-api-key': 'y', cookie: 'z=1' });
  });

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'content'],
    [308, 'PUT', 'PUT', 'content'],
  ])('with %i turn %s into %s', async (status, method, becomes, body) => {
    const response = await createClient().request({ url: to('/echo', status), method, body: 'content' });
    expect(await response.json()).toMatchObject({ method: becomes, body });
  });

  it('do not carry content to another site, or content that is gone', async () => {
    const client = createClient();
    const other = to(`http://other.test:${server.port}/echo`, 307);
    await expect(client.request({ url: other, method: 'POST', body: 'secret' })).rejects.toMatchObject({
      code: 'redirect_refused',
    });
    const stream = Readable.from(['once']);
    await expect(
      client.request({ url: to('/echo', 307), method: 'POST', body: stream }),
    ).rejects.toMatchObject({
      code: 'redirect_refused',
    });
  });
});

interface Echo {
  method: string;
  headers: Record<string, string>;
  body: string;
}

describe('limits', () => {
  it.each([
    ['/endless', { maxBytes: 100_000 }, 'response_too_large'],
    ['/announced', { maxBytes: 100_000 }, 'response_too_large'],
    ['/gzip-bomb', {}, 'decompression_refused'],
    ['/gzip-bomb', { maxBytes: 50_000 }, 'response_too_large'],
    ['/stacked', {}, 'decompression_refused'],
    ['/broken-gzip', {}, 'protocol_error'],
    ['/many-headers', {}, 'response_too_large'],
    ['/silent', { headersTimeoutMs: 100 }, 'headers_timeout'],
    ['/slow-headers', { headersTimeoutMs: 100, timeoutMs: 1_500 }, expect.stringMatching(/timeout/)],
    ['/slow-headers', { timeoutMs: 200 }, 'timeout'],
    ['/stalls', { idleTimeoutMs: 100 }, 'idle_timeout'],
    ['/stalls', { timeoutMs: 200 }, 'timeout'],
    ['/endless', { timeoutMs: 200, maxBytes: null }, expect.stringMatching(/^(timeout|response_too_large)$/)],
    ['/hangs-up', {}, 'connection_lost'],
    ['/breaks-off', {}, expect.stringMatching(/^(connection_lost|protocol_error)$/)],
    ['/upgrade', {}, expect.stringMatching(/^(connection_lost|protocol_error)$/)],
    ['/garbage', {}, 'protocol_error'],
    ['/not-json', {}, 'protocol_error'],
  ])('stop %s with %j', async (path, limits, code) => {
    const client = createClient();
    const read = async (): Promise<unknown> => (await client.request({ url: site + path, ...limits })).json();
    await expect(read()).rejects.toMatchObject({ name: 'OutboundError', code });
  });

  it('hold for a body that is streamed', async () => {
    const { body } = await createClient().request({ url: `${site}/endless`, maxBytes: 200_000 });
    let seen = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of body) seen += chunk.length;
    };
    await expect(read()).rejects.toMatchObject({ code: 'response_too_large' });
    expect(seen).toBeLessThanOrEqual(200_000);
  });

  it('say whether anything had arrived', async () => {
    const client = createClient();
    await expect(client.request({ url: `${site}/hangs-up` })).rejects.toMatchObject({ beforeResponse: true });
    const broken = await client.request({ url: `${site}/breaks-off` });
    await expect(broken.text()).rejects.toMatchObject({ beforeResponse: false });
  });

  it('of a name that does not exist and a port where nobody listens are told apart', async () => {
    await expect(createClient().request({ url: 'http://nobody.test/' })).rejects.toMatchObject({
      code: 'name_not_resolved',
    });
    await expect(createClient().request({ url: 'http://site.test:9/' })).rejects.toMatchObject({
      code: 'port_refused',
    });
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    await expect(createClient().request({ url: `http://site.test:${port}/` })).rejects.toMatchObject({
      code: 'connect_failed',
    });
  });
});

describe('requests and answers', () => {
  it('send text, bytes and streams', async () => {
    for (const body of ['tëxt', Buffer.from('tëxt'), Readable.from([Buffer.from('të'), Buffer.from('xt')])]) {
      const response = await createClient().request({ url: `${site}/echo`, method: 'post', body });
      expect(await response.json()).toMatchObject({ method: 'POST', body: 'tëxt' });
    }
  });

  it('read JSON with a byte-order mark, unpack gzip and know empty answers', async () => {
    const client = createClient();
    expect(await (await client.request({ url: `${site}/json` })).json()).toEqual({ a: [1, 'ü'] });
    const packed = await client.request({ url: `${site}/gzip` });
    expect(packed.headers).not.toHaveProperty('content-encoding');
    expect(await packed.text()).toBe('unpacked');
    expect(await (await client.request({ url: `${site}/empty` })).text()).toBe('');
    expect(await (await client.request({ url: `${site}/gzip`, method: 'HEAD' })).text()).toBe('');
  });

  it('keep spaces, letters of any script and backslashes of a query', async () => {
    const asked = server.requests.length;
    await (await createClient().request({ url: `${site}/ok?q=a b&r=中\\d` })).text();
    expect(server.requests[asked]).toBe('GET /ok?q=a%20b&r=%E4%B8%AD\\d');
  });

  it('drop headers that belong to the connection', async () => {
    const headers = {
      Upgrade: 'h2c',
      Connection: 'upgrade',
      Host: 'internal',
      'Content-Length': '9',
      TE: 'x',
      'X-Own': '1',
    };
    const echo = (await (await createClient().request({ url: `${site}/echo`, headers })).json()) as Echo;
    expect(echo.headers).toMatchObject({ host: `site.test:${server.port}`, 'x-own': '1' });
    expect(echo.headers).not.toHaveProperty('upgrade');
    expect(echo.headers['connection']).not.toBe('upgrade');
  });

  it.each([
    ['X-A', 'b\r\nX-Evil: 1'],
    ['X-A', 'b\u0000'],
    ['X A', 'b'],
    ['X-A\r\nX-Evil', 'b'],
  ])('refuse the header %j: %j', async (name, value) => {
    const request = createClient().request({ url: `${site}/ok`, headers: { [name]: value } });
    await expect(request).rejects.toMatchObject({ code: 'request_invalid' });
  });

  it('end with the reason of the caller’s signal, before, during and after the headers', async () => {
    const client = createClient();
    const reason = new Error('stopped by the user');
    await expect(client.request({ url: `${site}/ok`, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );

    const waiting = new AbortController();
    const pending = client.request({ url: `${site}/silent`, signal: waiting.signal });
    setTimeout(() => waiting.abort(reason), 50);
    await expect(pending).rejects.toBe(reason);

    const reading = new AbortController();
    const { body } = await client.request({ url: `${site}/stalls`, signal: reading.signal });
    const read = async (): Promise<void> => {
      for await (const _chunk of body) reading.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
  });

  it('close the connection when the reader leaves', async () => {
    const client = createClient();
    const { body } = await client.request({ url: `${site}/endless`, maxBytes: null, timeoutMs: null });
    for await (const _chunk of body) break;
    await expect(client.close()).resolves.toBeUndefined();
  });

  it('of models are not compressed and wait as long as the model takes', async () => {
    const client = createClient();
    const url = `http://127.0.0.1:${server.port}/echo`;
    const echo = (await (await client.request({ url, policy: 'model' })).json()) as Echo;
    expect(echo.headers).not.toHaveProperty('accept-encoding');
  });
});

describe('the port of workflow nodes', () => {
  const limits = { maxTextBytes: 1_000, maxBinaryBytes: 2_000 };
  const port = () =>
    createHttpPort(createClient(), {
      limits,
      maxConnectMs: 1_000,
      maxReadMs: 1_000,
      maxWriteMs: 1_000,
      verifyTls: true,
    });
  const request = {
    method: 'POST',
    headers: [
      ['X-Many', 'a'],
      ['x-many', 'b'],
      ['Content-Type', 'text/plain'],
    ] as const,
    body: Buffer.from('content'),
    timeouts: { connectMs: null, readMs: 50, writeMs: null },
    verifyTls: null,
    signal: new AbortController().signal,
  };
  const read = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
    let text = '';
    for await (const chunk of body) text += Buffer.from(chunk).toString();
    return text;
  };

  it('sends repeated headers and content, and gives back lines, body and last address', async () => {
    const response = await port().send({ ...request, url: `${site}/redirect?status=307&to=/echo` });
    expect(response.status).toBe(200);
    expect(response.url).toBe(`${site}/echo`);
    expect(response.headers.every(([name, value]) => name === name.toLowerCase() && value !== '')).toBe(true);
    const echo = JSON.parse(await read(response.body)) as Echo;
    expect(echo).toMatchObject({ method: 'POST', body: 'content', headers: { 'x-many': 'a, b' } });
  });

  it('refuses the network, reads no more than nodes may, and keeps their times', async () => {
    await expect(port().send({ ...request, url: 'http://127.0.0.1/' })).rejects.toMatchObject({
      code: 'address_refused',
    });
    const endless = await port().send({ ...request, url: `${site}/endless` });
    await expect(read(endless.body)).rejects.toMatchObject({ code: 'response_too_large' });
    const stalling = await port().send({ ...request, url: `${site}/stalls` });
    await expect(read(stalling.body)).rejects.toMatchObject({ code: 'idle_timeout' });
  });
});
