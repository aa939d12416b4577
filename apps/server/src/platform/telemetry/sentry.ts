import { hostname } from 'node:os';
import { createStackParser, createTransport, linkedErrorsIntegration, Scope } from '@sentry/core';
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server';
import { errorFields } from '../logging/error-fields.ts';
import { redactText } from '../logging/redact.ts';
import type { OutboundClient } from '../outbound/outbound-client.ts';
import type { ErrorReporter } from './error-reporter.ts';

/** Where reports go and what they say of this server. */
export interface SentryOptions {
  dsn: string;
  outbound: OutboundClient;
  version: string;
  deployment: string;
}

const usableDsn = /^https?:\/\/\w+(:\w+)?@[^/@]+\/(.+\/)?\d+$/;
const sendTimeoutMs = 10_000;
const closeTimeoutMs = 3_000;

/**
 * Reports to Sentry, or to whatever speaks its protocol. An event holds the error's type, message and frames, the ids
 * it is about and nothing else: no request, no breadcrumbs, no values of variables. Throws for a DSN that is none.
 */
export function createSentryReporter({ dsn, outbound, version, deployment }: SentryOptions): ErrorReporter {
  if (!usableDsn.test(dsn)) throw new Error('SENTRY_DSN is not usable; allowed: https://KEY@HOST/PROJECT');
  const client = new ServerRuntimeClient({
    dsn,
    platform: 'node',
    runtime: { name: 'node', version: process.version },
    serverName: hostname(),
    release: `trellis@${version}`,
    environment: deployment.toLowerCase(),
    integrations: [linkedErrorsIntegration()],
    stackParser: createStackParser(nodeStackLineParser()),
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const answer = await outbound.request({
          url: options.url,
          method: 'POST',
          headers: { 'content-type': 'application/x-sentry-envelope', ...options.headers },
          body,
          policy: 'operator',
          timeoutMs: sendTimeoutMs,
        });
        answer.discard();
        return {
          statusCode: answer.status,
          headers: {
            'x-sentry-rate-limits': headerOf(answer.headers['x-sentry-rate-limits']),
            'retry-after': headerOf(answer.headers['retry-after']),
          },
        };
      }),
    beforeSend(event) {
      delete event.request;
      delete event.breadcrumbs;
      delete event.extra;
      for (const exception of event.exception?.values ?? []) {
        if (exception.value !== undefined) exception.value = redactText(exception.value);
      }
      return event;
    },
  });
  client.init();
  return {
    report(error, ids) {
      const scope = new Scope();
      scope.setTags({ ...ids });
      const originalException = clean(error);
      client.captureException(originalException, { originalException }, scope);
    },
    async close() {
      await client.close(closeTimeoutMs);
    },
  };
}

/** The error with the message that the log would have: those of failed statements end before people's texts. */
function clean(error: Error): Error {
  const { message, stack } = errorFields(error);
  const copy = new Error(message, error.cause instanceof Error ? { cause: clean(error.cause) } : {});
  copy.name = error.name;
  if (stack !== undefined) copy.stack = stack;
  return copy;
}

function headerOf(value: string | string[] | undefined): string | null {
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}
