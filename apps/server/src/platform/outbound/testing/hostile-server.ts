import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A local server that misbehaves on demand, for tests of whatever makes requests. */
export interface HostileServer {
  readonly port: number;
  /** Requests that arrived: `METHOD path`. */
  readonly requests: readonly string[];
  /** Headers of the last request. */
  readonly lastHeaders: () => IncomingMessage['headers'];
  close(): Promise<void>;
}

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  '/ok': (_request, response) => response.end('fine'),
  '/json': (_request, response) => response.end('\ufeff{"a": [1, "ü"]}'),
  '/not-json': (_request, response) => response.end('<html>'),
  '/empty': (_request, response) => response.writeHead(204).end(),
  '/echo': async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    response.end(JSON.stringify({ method: request.method, headers: request.headers, body }));
  },
  '/redirect': (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://x');
    const status = Number(searchParams.get('status') ?? 302);
    response.writeHead(status, { location: searchParams.get('to') ?? '' }).end('moved');
  },
  '/loop': (_request, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/gzip': (_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('unpacked')),
  '/gzip-bomb': (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * 1024 * 1024)));
  },
  '/stacked': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end('x'),
  '/broken-gzip': (_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
  '/announced': (_request, response) =>
    response.writeHead(200, { 'content-length': 10_000_000 }).write('start'),
  '/endless': (_request, response) => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const write = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', write);
    write();
  },
  '/silent': () => undefined,
  '/slow-headers': (request) => {
    const { socket } = request;
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), 20);
    socket.on('close', () => clearInterval(timer));
  },
  '/many-headers': (request) => {
    request.socket.end(`HTTP/1.1 200 OK\r\n${'X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(4_000)}\r\n`);
  },
  '/stalls': (_request, response) => void response.write('first'),
  '/hangs-up': (request) => request.socket.destroy(),
  '/breaks-off': (request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('some');
    setTimeout(() => request.socket.destroy(), 20);
  },
  '/upgrade': (request) => {
    request.socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n');
  },
  '/garbage': (request) => void request.socket.end('220 mail.example.org ESMTP\r\n'),
};

/** Starts the server on a free port of the loopback interface. */
export async function startHostileServer(): Promise<HostileServer> {
  const requests: string[] = [];
  let lastHeaders: IncomingMessage['headers'] = {};
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    lastHeaders = request.headers;
    const behaviour = BEHAVIOURS[(request.url ?? '').split('?')[0] ?? ''];
    if (behaviour) behaviour(request, response);
    else response.writeHead(404).end('nothing here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    lastHeaders: () => lastHeaders,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
