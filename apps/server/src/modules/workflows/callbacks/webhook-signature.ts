import { createHmac, randomBytes } from 'node:crypto';

const secretPrefix = 'whsec_';
const secretBytes = 32;

/** A new secret as receivers are given it: `whsec_` and base64 (Standard Webhooks). */
export function createWebhookSecret(): string {
  return secretPrefix + randomBytes(secretBytes).toString('base64');
}

/** What is signed: a delivery with its id, its time and its exact body. */
export interface SignedMessage {
  id: string;
  timestampSeconds: number;
  body: string;
}

/**
 * The headers by which a receiver knows who sent a message, and which (Standard Webhooks, symmetric scheme): a
 * signature per secret, so that receivers may change to a new secret in their own time.
 */
export function webhookHeaders(message: SignedMessage, secrets: readonly string[]): Record<string, string> {
  const { id, timestampSeconds, body } = message;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}
