/**
 * The baseline of workflow runs: the least that Node needs to take JSON over HTTP and answer with it. Writes nothing
 * down. Run as a program: `node bench/harness/json-echo.ts`.
 */
import { createServer } from 'node:http';

const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const { inputs } = JSON.parse(Buffer.concat(chunks).toString()) as { inputs: unknown };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: { status: 'succeeded', outputs: inputs } }));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  console.error(`ready at http://127.0.0.1:${port}`);
});
process.on('SIGTERM', () => process.exit(0));
