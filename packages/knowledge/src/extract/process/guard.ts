import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/**
 * Takes the network from a reading process. Readers interpret documents and run nothing in them; this is for the day on
 * which one of them has a hole. Files, processes and addons are closed by Node's permission model.
 */
export function closeNetwork(): void {
  const refuse = (): never => {
    throw new Error('A reader of documents has no network.');
  };
  // Everything that speaks TCP or opens pipes goes through these two classes.
  fix(net.Socket.prototype, 'connect', refuse);
  fix(net.Server.prototype, 'listen', refuse);
  fix(dgram, 'createSocket', refuse);
  fix(dgram.Socket.prototype, 'bind', refuse);
  fix(dgram.Socket.prototype, 'send', refuse);
  for (const target of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    for (const name of Object.keys(target)) {
      if (/^(resolve|lookup|reverse)/.test(name)) fix(target, name, refuse);
    }
  }
  for (const name of ['fetch', 'WebSocket', 'EventSource']) fix(globalThis, name, undefined);
  for (const name of ['binding', '_linkedBinding', 'dlopen', 'getBuiltinModule']) fix(process, name, refuse);
  syncBuiltinESMExports();
}

function fix(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: false, configurable: false, enumerable: false });
}
