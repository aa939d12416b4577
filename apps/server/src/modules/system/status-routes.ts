import type { SandboxStatus } from '@trellis/sandbox';
import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';

/** What the status page is made from. */
export interface StatusRouteOptions {
  version: string;
  database: { kind: string; version: string; place: string };
  storage: string;
  mail: string;
  sandbox: () => Promise<SandboxStatus>;
  /** Figures of the moment. */
  running: () => { turns: number; runs: number; streams: number };
}

const statusSchema = z.object({
  version: z.string(),
  node: z.string(),
  uptime_seconds: z.number(),
  memory_megabytes: z.number(),
  database: z.object({ kind: z.string(), version: z.string(), place: z.string() }),
  storage: z.string(),
  mail: z.string(),
  running: z.object({ turns: z.number(), runs: z.number(), streams: z.number() }),
  sandbox: z.object({
    languages: z.array(
      z.object({
        language: z.string(),
        backend: z.string().nullable(),
        reason: z.string(),
        interpreter: z.string().nullable(),
      }),
    ),
    refused: z.array(z.object({ backend: z.string(), reason: z.string() })),
    network_allowed: z.boolean(),
    running: z.number(),
    waiting: z.number(),
    interpreters: z.number(),
    resident_bytes: z.number(),
  }),
});

/** What this installation runs on, for the people who operate it. */
export function statusRoutes(options: StatusRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/system/status',
      auth: 'console',
      permission: 'operator.status',
      summary:
        'What this installation runs on: version, database, storage, mail, and which sandbox runs code and why.',
      tag: 'System',
      rate: 'default',
      response: statusSchema,
      handler: async () => ({
        version: options.version,
        node: process.version,
        uptime_seconds: Math.round(process.uptime()),
        memory_megabytes: Math.round(process.memoryUsage.rss() / 1024 / 1024),
        database: { ...options.database },
        storage: options.storage,
        mail: options.mail,
        running: options.running(),
        sandbox: toWire(await options.sandbox()),
      }),
    }),
  ];
}

function toWire(status: SandboxStatus): z.infer<typeof statusSchema>['sandbox'] {
  return {
    languages: status.languages.map(({ language, backend, reason, interpreter }) => ({
      language,
      backend: backend ?? null,
      reason,
      interpreter: interpreter ?? null,
    })),
    refused: status.refused.map(({ backend, reason }) => ({ backend, reason })),
    network_allowed: status.networkAllowed,
    running: status.running,
    waiting: status.waiting,
    interpreters: status.interpreters,
    resident_bytes: status.residentBytes,
  };
}
