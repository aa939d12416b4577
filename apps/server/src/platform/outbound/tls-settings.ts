import { getCACertificates } from 'node:tls';

/** TLS settings of a connection. */
export interface TlsSettings {
  /** Certificates (PEM) that are trusted besides the usual ones. */
  readonly ca?: readonly string[];
  /** False skips verification; only where a person configured exactly that. */
  readonly verify: boolean;
}

/** The settings as Node takes them. Its `ca` replaces the usual certificates, so those are listed too. */
export function tlsOptions(settings: TlsSettings): { rejectUnauthorized: boolean; ca?: string[] } {
  const { verify, ca } = settings;
  if (ca === undefined || ca.length === 0) return { rejectUnauthorized: verify };
  return { rejectUnauthorized: verify, ca: [...getCACertificates('default'), ...ca] };
}
