import { createFakeProvider } from '../server.ts';

/**
 * Runs the fake provider by itself: `node packages/fake-provider/src/cli/serve.ts [port] [chunkDelayMs]`. Prints its
 * URL and serves until it is told to stop. The model `bench-100` streams 100 chunks at once, `bench-100@30` thirty a
 * second, `error-429` fails.
 */
const [port = '0', chunkDelayMs = '0'] = process.argv.slice(2);
const provider = await createFakeProvider({
  port: Number(port),
  chunkDelayMs: Number(chunkDelayMs),
  record: false,
});
console.log(provider.url);
const stop = () => {
  void provider.close();
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
