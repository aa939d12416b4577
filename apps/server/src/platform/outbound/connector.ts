import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressCheck } from './address-policy.ts';
import { OutboundError } from './errors.ts';
import { addressRefused, literalAddress, normalizeHost } from './target.ts';
import { type TlsSettings, tlsOptions } from './tls-settings.ts';

/** Finds the addresses of a host name. Tests hand in their own. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** The system's resolver with its hosts file: names of containers have to work. */
export const resolveWithSystem: Resolve = async (hostname) => {
  const found = await systemLookup(hostname, { all: true, verbatim: true });
  return found.map((entry) => entry.address);
};

/**
 * A connector for undici that checks what it connects to. The name is resolved here, every address is
 * checked, and the socket gets the checked addresses: a second answer of the name server (rebinding) is
 * never asked for. One forbidden address among several condemns the name.
 */
export function createCheckedConnector(options: {
  allowsAddress: AddressCheck;
  resolve: Resolve;
  connectTimeoutMs: number;
  tls: TlsSettings;
}): buildConnector.connector {
  const { allowsAddress, resolve, connectTimeoutMs, tls } = options;

  const lookup: LookupFunction = (name, lookupOptions, callback) => {
    resolveChecked(normalizeHost(name), { allowsAddress, resolve }).then(
      (addresses) => {
        const entries = addresses.map((address) => ({ address, family: isIP(address) }));
        const first = entries[0];
        if (lookupOptions.all) callback(null, entries);
        else callback(null, first?.address ?? '', first?.family ?? 0);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };

  const connect = buildConnector({
    timeout: connectTimeoutMs,
    allowH2: false,
    lookup,
    autoSelectFamily: true,
    ...tlsOptions(tls),
  });

  return (target, callback) => {
    const host = normalizeHost(target.hostname);
    const literal = literalAddress(host);
    if (literal !== null && !allowsAddress(host, literal)) {
      callback(addressRefused(host), null);
      return;
    }
    connect(target, (...result) => {
      const [error, socket] = result;
      if (error !== null) return callback(error, null);
      // Nothing should get past the lookup above; if it ever does, the connection dies before a byte is sent.
      if (socket.remoteAddress === undefined || !allowsAddress(host, socket.remoteAddress)) {
        socket.destroy();
        return callback(addressRefused(host), null);
      }
      callback(null, socket);
    });
  };
}

async function resolveChecked(
  host: string,
  options: { allowsAddress: AddressCheck; resolve: Resolve },
): Promise<readonly string[]> {
  // A name of this machine (RFC 6761) is not asked of a name server; its servers may listen on either family.
  const addresses = literalAddress(host) === null ? await options.resolve(host) : ['127.0.0.1', '::1'];
  if (addresses.length === 0) throw new OutboundError('name_not_resolved', `${host} could not be found.`);
  for (const address of addresses) if (!options.allowsAddress(host, address)) throw addressRefused(host);
  return addresses;
}
