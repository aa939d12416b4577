import type { FastifyInstance } from 'fastify';
import type { Services } from './compose.ts';
import { RateLimits } from './platform/http/rate-classes.ts';
import { createHttpServer } from './platform/http/server.ts';
import { serveWeb } from './platform/http/static-web.ts';
import { ensureRunLogPartitions } from './platform/runs/partitions.ts';
import { allRoutes, workerRoutes } from './routes.ts';

/** How long shutdown waits for answers that are being written. */
const drainTimeoutMs = 30_000;

/** A server whose services work, and that answers what is handed to it; nothing listens yet. */
export interface OpenServer {
  http: FastifyInstance;
  /** Takes no more requests, lets streams finish, and ends everything it began. */
  close(): Promise<void>;
}

/** A server that listens. */
export interface RunningServer extends OpenServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  url: string;
}

/** Starts the services, opens the port, and hands back how to end it all. */
export async function startServer(services: Services): Promise<RunningServer> {
  const { bindAddress, port } = services.environment.server;
  const { http, close } = await openServer(services);
  const url = await http.listen({ host: bindAddress, port });
  if (!services.role.works) return { http, url, close };
  // Nobody waits for the queue: requests that send a job before it is open wait for it themselves.
  services.jobs.start().catch((error: unknown) => {
    services.log.error({ err: error }, 'the job queue did not open; it is tried again with the next job');
  });
  return { http, url, close };
}

/** Starts the services and builds the HTTP server without opening a port, which is how tests call it. */
export async function openServer(services: Services): Promise<OpenServer> {
  const { environment, log } = services;
  await ensureRunLogPartitions(services.pool, new Date());
  await services.lease.start({ alone: services.alone });
  const { role } = services;
  services.workflows.start(role);
  if (role.works) {
    services.takeOver.start();
    services.triggers.schedules.start();
  }

  const routes = role.serves ? allRoutes(services) : workerRoutes(services);
  const maxUploadBytes = Math.max(
    environment.uploads.documentMaxBytes,
    environment.uploads.imageMaxBytes,
    environment.uploads.audioMaxBytes,
    environment.uploads.videoMaxBytes,
  );
  const http = await createHttpServer({
    routes,
    authenticators: {
      public: () => ({ kind: 'public' }),
      console: (request) => services.sessions.authenticate(request),
      'app-key': (request) => services.access.byKey(request),
      passport: (request) => services.access.byPassport(request),
    },
    rateLimits: new RateLimits(),
    events: services.events,
    log,
    onAnswered: (sample) => services.metrics.request(sample),
    correlation: services.correlation,
    tracing: services.tracing,
    logRequests: environment.logging.requests,
    version: services.version,
    environmentName: environment.server.deployment,
    webOrigins: environment.cors.webAppOrigins,
    trustProxy: environment.server.trustProxy,
    isSetUp: () => services.accountService.isSetUp(),
    maxUploadBytes,
  });
  if (role.serves) {
    await serveWeb(http, {
      root: services.webRoot,
      routes,
      allowEmbed: environment.server.allowEmbed,
      extraOrigins: environment.server.contentSecurityPolicyOrigins,
    });
  }
  return { http, close: () => shutDown(services, http) };
}

async function shutDown(services: Services, http: FastifyInstance): Promise<void> {
  // The port closes first; open streams keep their connections until their turns have ended. Connections that fall
  // idle after that would stay for as long as their clients keep them.
  const closed = http.close();
  services.turnFollower.close();
  services.keyedTurns.close();
  const idle = setInterval(() => http.server.closeIdleConnections(), 100);
  const left = await services.registry.drain(drainTimeoutMs);
  if (left > 0) services.log.warn({ count: left }, 'turns were cut off by the shutdown');
  services.registry.stopAll('lease-lost');
  await services.registry.drain(1_000);
  await services.triggers.schedules.stop();
  await services.workflows.stop();
  await services.renderer.close();
  await services.documents.close();
  await services.namer.settled();
  await Promise.all([services.writer.settled(), services.runLog.settled(), services.modelStore.settled()]);
  await closed;
  clearInterval(idle);
  await services.jobs.stop();
  await services.mailer.close();
  await services.takeOver.stop();
  await services.lease.stop();
  services.registry.close();
  services.texts.close();
  services.events.close();
  await services.tracing.close();
  await services.outbound.close();
  await services.bus.close();
}
