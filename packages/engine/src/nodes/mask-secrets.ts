import { Float } from '../values/float.ts';
import { type PoolReader, reservedKeys } from '../values/pool.ts';
import { maskSecret } from '../values/text.ts';

/** Shorter secrets are not looked for inside texts: they would be found everywhere. */
const shortestSecret = 4;

/** A value for the record: wherever a secret of the environment was put into it, it is masked. */
export function maskSecrets<T>(value: T, pool: PoolReader): T;
export function maskSecrets(value: unknown, pool: PoolReader): unknown {
  const secrets: string[] = [];
  for (const [, variable] of pool.entries(reservedKeys.environment)) {
    const { type, value: secret } = variable;
    if (type === 'secret' && typeof secret === 'string' && secret.length >= shortestSecret)
      secrets.push(secret);
  }
  return secrets.length === 0 ? value : masked(value, secrets);
}

function masked(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') {
    return secrets.reduce((text, secret) => text.replaceAll(secret, maskSecret(secret)), value);
  }
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets));
  if (typeof value !== 'object' || value === null || value instanceof Float) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, masked(entry, secrets)]));
}
