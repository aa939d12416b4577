import { spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { encodeFrame, frameKinds } from '../process/frames.ts';
import { closeNetwork } from '../process/guard.ts';

// Stands in for a reader that strangers have taken over: tries everything that it must not be able to do.

const port = Number(process.argv[2]);
const settled = (use: (done: (error?: unknown) => void) => unknown) =>
  new Promise<void>((resolve, reject) => {
    use((error) => (error ? reject(error) : resolve()));
  });

const attempts: Readonly<Record<string, () => unknown>> = {
  'open a connection': () => settled((done) => net.connect(port, '127.0.0.1', done).on('error', done)),
  'open a socket by hand': () =>
    settled((done) => new net.Socket().connect(port, '127.0.0.1', done).on('error', done)),
  'open a TLS connection': () =>
    settled((done) => tls.connect({ port, host: '127.0.0.1' }, done).on('error', done)),
  'get a page': () => settled((done) => http.get(`http://127.0.0.1:${port}`, () => done()).on('error', done)),
  // biome-ignore lint/style/noRestrictedGlobals: this is what must not work.
  fetch: () => fetch(`http://127.0.0.1:${port}`),
  'open a web socket': () => new WebSocket(`ws://127.0.0.1:${port}`),
  'send a datagram': () => dgram.createSocket('udp4').send('x', port, '127.0.0.1'),
  'look a name up': () => dns.promises.lookup('localhost'),
  'resolve a name': () => settled((done) => new dns.Resolver().resolve4('localhost', done)),
  listen: () =>
    settled((done) =>
      net
        .createServer()
        .listen(0, () => done())
        .on('error', done),
    ),
  'read a file': () => readFileSync('/etc/passwd'),
  'list a folder': () => readdirSync('/'),
  'write a file': () => writeFileSync(`${import.meta.dirname}/written`, 'x'),
  'start a process': () => {
    const { error } = spawnSync('true');
    if (error) throw error;
  },
  'load an addon': () => process.dlopen({ exports: {} }, '/nowhere.node'),
  'use internals': () => (process as unknown as { binding(name: string): unknown }).binding('tcp_wrap'),
  'make code of text': () => Reflect.construct((() => {}).constructor, ['return 1']),
  'see the environment': () => {
    // biome-ignore lint/style/noProcessEnv: this is what must not work.
    if (Object.keys(process.env).length === 0) throw new Error('empty');
  },
};

closeNetwork();
process.stdout.write(encodeFrame(frameKinds.ready));
process.stdin.once('data', async () => {
  for (const [name, attempt] of Object.entries(attempts)) {
    let outcome = 'POSSIBLE';
    try {
      await attempt();
    } catch {
      outcome = 'refused';
    }
    process.stdout.write(
      encodeFrame(frameKinds.part, JSON.stringify({ text: `${name}: ${outcome}`, metadata: {} })),
    );
  }
  process.stdout.write(encodeFrame(frameKinds.end));
});
