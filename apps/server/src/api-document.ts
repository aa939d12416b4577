import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { namedSchemas } from './api-schemas.ts';
import { compose, type Services } from './compose.ts';
import { readEnvironment } from './platform/environment.ts';
import { buildOpenApiDocument, type OpenApiDocument } from './platform/http/openapi.ts';
import type { AnyRoute } from './platform/http/route.ts';
import { allRoutes } from './routes.ts';

/** Where the document of this release is kept, from the root of the repository. */
export const documentPath = 'docs/openapi.json';

/**
 * The API document of the server with its default settings. Nothing is started and no database is reached: the parts
 * are built only because route declarations hold their handlers.
 */
export async function describeApi(version: string): Promise<OpenApiDocument> {
  return withIdleServices(version, (services) =>
    buildOpenApiDocument({ routes: allRoutes(services), version, named: namedSchemas }),
  );
}

/** Every route of the server with its default settings, for reading; the handlers would not find a database. */
export async function declaredRoutes(): Promise<AnyRoute[]> {
  return withIdleServices('0.0.0', allRoutes);
}

/** The document as it is written down: the same text whoever writes it. */
export function documentText(document: OpenApiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

async function withIdleServices<T>(version: string, use: (services: Services) => T): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'trellis-api-'));
  const pool = new pg.Pool();
  try {
    const services = await compose({
      environment: readEnvironment({}),
      dataFolder: folderAt(path),
      database: {
        pool,
        info: { kind: 'embedded', version: '', place: '', processId: () => undefined },
        connection: {},
        close: () => pool.end(),
      },
      secretKey: 'describes routes and signs nothing',
      version,
      log: pino({ level: 'silent' }),
    });
    const result = use(services);
    await services.outbound.close();
    await services.bus.close();
    return result;
  } finally {
    await pool.end();
    await rm(path, { recursive: true, force: true });
  }
}

function folderAt(path: string) {
  return {
    path,
    owned: true,
    database: join(path, 'database'),
    files: join(path, 'files'),
    secrets: join(path, 'secrets'),
    vectors: join(path, 'vectors'),
    cache: join(path, 'cache'),
    close: async () => {},
  };
}
