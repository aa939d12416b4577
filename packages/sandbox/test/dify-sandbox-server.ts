import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A local server that speaks the protocol of dify-sandbox, for tests: it runs programs on this machine. */
export interface ProtocolServer {
  readonly address: string;
  readonly apiKey: string;
  /** Bodies of the requests received so far. */
  readonly requests: readonly Readonly<Record<string, unknown>>[];
  /** Answers the next requests with this instead of running them. */
  answerWith(answer: { readonly status: number; readonly body: string } | undefined): void;
  close(): Promise<void>;
}

const interpreters: Readonly<Record<string, readonly string[]>> = {
  python3: ['/usr/bin/python3', '-I', '-S', '-'],
  nodejs: [process.execPath, '--input-type=commonjs', '-'],
};

/** Starts the server on a free local port. */
export async function startProtocolServer(): Promise<ProtocolServer> {
  const apiKey = 'test-key';
  const requests: Record<string, unknown>[] = [];
  let fixed: { readonly status: number; readonly body: string } | undefined;
  const children = new Set<ChildProcess>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.headers['x-api-key'] !== apiKey) {
      response.writeHead(401).end('{"code":-401,"message":"Unauthorized","data":null}');
      return;
    }
    if (request.method !== 'POST' || request.url !== '/v1/sandbox/run') {
      response.writeHead(404).end();
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    requests.push(body);
    if (fixed) {
      response.writeHead(fixed.status, { 'content-type': 'application/json' }).end(fixed.body);
      return;
    }
    const data = await runProgram(String(body['language']), String(body['code']), children);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ code: 0, message: 'success', data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    apiKey,
    requests,
    answerWith: (answer) => {
      fixed = answer;
    },
    close: () =>
      new Promise((resolve) => {
        for (const child of children) child.kill('SIGKILL');
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function runProgram(
  language: string,
  code: string,
  children: Set<ChildProcess>,
): Promise<{ stdout: string; error: string }> {
  const [executable = '', ...args] = interpreters[language] ?? [];
  return new Promise((resolve) => {
    const child = spawn(executable, args, { env: {}, cwd: '/tmp', timeout: 3000, killSignal: 'SIGKILL' });
    children.add(child);
    let stdout = '';
    let error = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      error += chunk;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(code);
    child.once('close', (status) => {
      children.delete(child);
      resolve({ stdout, error: status === 0 ? '' : error || `exit status ${status}` });
    });
  });
}
