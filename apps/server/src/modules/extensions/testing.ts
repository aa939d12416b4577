import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that the service got. */
export interface ExtensionRequest {
  headers: IncomingHttpHeaders;
  point: string;
  // biome-ignore lint/suspicious/noExplicitAny: assertions are the type check of what was sent
  params: any;
}

/** What the service says: JSON with status 200, or whatever it likes. */
export type ExtensionReply = unknown | { status: number; text: string };

/** A local service that speaks the API-based extension protocol, as somebody's own would. */
export interface FakeExtension {
  url: string;
  requests: ExtensionRequest[];
  /** Answers one point from now on; pings are answered unless this says otherwise. */
  on(point: string, reply: (params: ExtensionRequest['params']) => ExtensionReply): void;
  reset(): void;
  close(): Promise<void>;
}

/** Starts one on the loopback address: the server under test needs it on its list of allowed private addresses. */
export async function createFakeExtension(): Promise<FakeExtension> {
  const requests: ExtensionRequest[] = [];
  const replies = new Map<string, (params: ExtensionRequest['params']) => ExtensionReply>();
  const reset = () => {
    requests.length = 0;
    replies.clear();
    replies.set('ping', () => ({ result: 'pong' }));
  };
  reset();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    request.on('end', () => {
      const { point, params } = JSON.parse(text) as { point: string; params: unknown };
      requests.push({ headers: request.headers, point, params });
      const reply = replies.get(point)?.(params) ?? { status: 404, text: 'no such point' };
      const raw = reply as { status?: number; text?: string };
      if (typeof raw.status === 'number') response.writeHead(raw.status).end(raw.text);
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/extension`,
    requests,
    on: (point, reply) => void replies.set(point, reply),
    reset,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** What lets the server under test reach a service on its own machine. */
export const loopbackAllowed = { SSRF_PROXY_ALLOW_PRIVATE_IPS: '127.0.0.1' };
