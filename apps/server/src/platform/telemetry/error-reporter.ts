import type { Environment } from '../environment.ts';
import type { OutboundClient } from '../outbound/outbound-client.ts';

/** Tells somebody outside about errors that are nobody's input. */
export interface ErrorReporter {
  /** `ids` name the request, run, app and workspace; nothing of a request's contents is passed. */
  report(error: Error, ids: Readonly<Record<string, string>>): void;
  /** Sends what is waiting, for at most a few seconds. */
  close(): Promise<void>;
}

/** What reports are made with. */
export interface OpenErrorReporterOptions {
  settings: Environment['observability'];
  outbound: OutboundClient;
  version: string;
  deployment: string;
}

/** Nobody is told. */
export const noErrorReporter: ErrorReporter = { report: () => {}, close: async () => {} };

/** Error reports as the environment wants them; the client is loaded only when SENTRY_DSN is set. */
export async function openErrorReporter(options: OpenErrorReporterOptions): Promise<ErrorReporter> {
  const { sentryDsn } = options.settings;
  if (sentryDsn === undefined) return noErrorReporter;
  const { createSentryReporter } = await import('./sentry.ts');
  return createSentryReporter({ ...options, dsn: sentryDsn });
}
