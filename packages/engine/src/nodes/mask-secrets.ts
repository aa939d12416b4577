import { Float } from '../values/float.ts';
import { type PoolReader, reservedKeys } from '../values/pool.ts';
import { maskSecret } from '../values/text.ts';

/** Shorter secrets are not looked for inside texts: they would be found everywhere. */
const shortestSecret = 4;

/** A value for the record: wherever a secret of the environment was put into it, it is masked. */
export function maskSecrets<T>(value: T, pool: PoolReader): T;
export function maskSecrets(value: unknown, pool: PoolReader): unknown {
  const secrets: Secret[] = [];
  for (const [, variable] of pool.entries(reservedKeys.environment)) {
    const { type, value: secret } = variable;
    if (type === 'secret' && typeof secret === 'string' && secret.length >= shortestSecret)
      secrets.push({ forms: formsOf(secret), mask: maskSecret(secret) });
  }
  return secrets.length === 0 ? value : masked(value, secrets);
}

interface Secret {
  readonly forms: readonly string[];
  readonly mask: string;
}

/** How a secret may appear in a text: as it is, escaped in JSON, encoded in an address or a form. */
function formsOf(secret: string): readonly string[] {
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), inForm])];
}

function masked(value: unknown, secrets: readonly Secret[]): unknown {
  if (typeof value === 'string') {
    let text = value;
    for (const { forms, mask } of secrets) for (const form of forms) text = text.replaceAll(form, () => mask);
    return text;
  }
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets));
  if (typeof value !== 'object' || value === null || value instanceof Float) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, masked(entry, secrets)]));
}
