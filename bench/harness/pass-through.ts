/**
 * The baseline of chat turns: a proxy that hands requests on to a model and its answers back, writes nothing down and
 * knows nobody. Run as a program: `node bench/harness/pass-through.ts TARGET_ORIGIN`.
 */
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [target = ''] = process.argv.slice(2);
const pool = new Pool(target, { connections: 10_000 });
const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    pool
      .request({
        path: incoming.url ?? '/',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.concat(chunks),
      })
      .then(({ statusCode, body }) => {
        response.writeHead(statusCode, { 'content-type': 'text/event-stream' });
        body.pipe(response);
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  console.error(`ready at http://127.0.0.1:${port}`);
});
process.on('SIGTERM', () => process.exit(0));
