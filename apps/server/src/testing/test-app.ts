import type { EnginePorts } from '@trellis/engine';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { compose, type Services } from '../compose.ts';
import type { Role } from '../platform/auth/permissions.ts';
import { openTestDatabase, type TestDatabase } from '../platform/database/testing.ts';
import { readEnvironment } from '../platform/environment.ts';
import { newId } from '../platform/ids.ts';
import type { Tracing } from '../platform/telemetry/tracing.ts';
import { openServer } from '../server.ts';
import { TestClient } from './test-client.ts';
import { createTestMailbox, type TestMailbox } from './test-mailbox.ts';

/** How to build the server under test. */
export interface TestAppOptions {
  /** Whether mail is set up; what is sent is in `mailbox` (default false). */
  mail?: boolean;
  /** Environment variables, as an operator would set them. */
  environment?: Record<string, string>;
  /** Fakes of what workflow nodes reach the outside through; read anew for every run. */
  enginePorts?: Partial<EnginePorts>;
  /** Where spans go (default: nowhere). */
  tracing?: Tracing;
  /** Where the server writes its log (default: nowhere). */
  log?: Logger;
}

/** Somebody who is signed in, and calls with their bearer token. */
export interface TestPerson {
  client: TestClient;
  accountId: string;
  workspaceId: string;
  email: string;
  password: string;
  /** The three cookies of the sign-in, for tests of cookie authentication. */
  cookies: Record<string, string>;
}

/** The whole server on a database of its own, without a port. */
export interface TestApp {
  http: FastifyInstance;
  services: Services;
  mailbox: TestMailbox;
  /** The database and data folder below, for commands that work beside the server. */
  database: TestDatabase;
  /** Calls without credentials. */
  anonymous: TestClient;
  /** Calls with a bearer token: an app's API key or a passport. */
  as(bearer: string): TestClient;
  /** The first account, owner of the first workspace. Sets the installation up at the first call. */
  owner(): Promise<TestPerson>;
  /** Adds an account with this role to the owner's workspace (or another one) and signs it in. */
  member(role: Role, options?: { workspaceId?: string; email?: string }): Promise<TestPerson>;
  /** Adds a second workspace with an owner of its own and signs them in. */
  stranger(options?: { email?: string }): Promise<TestPerson>;
  /** Signs in through `/login`. */
  signIn(email: string, password: string): Promise<TestPerson>;
  close(): Promise<void>;
}

const testSecretKey = 'test-secret-key-that-protects-nothing-0123456789';
/** The password of everybody here. */
export const testPassword = 'Correct-horse-9';

/** Builds the server as the installation would, on a database in a temporary folder. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const environment = readEnvironment({ SECRET_KEY: testSecretKey, ...options.environment });
  const database = await openTestDatabase({ environment });
  const mailbox = createTestMailbox();
  const services = await compose({
    mailer: options.mail === true ? mailbox : undefined,
    environment,
    database,
    dataFolder: database.dataFolder,
    secretKey: environment.security.secretKey ?? testSecretKey,
    version: '0.0.0-test',
    log: options.log ?? pino({ level: 'silent' }),
    tracing: options.tracing,
    ...(options.enginePorts ? { enginePorts: options.enginePorts } : {}),
    ...(options.tracing ? { tracing: options.tracing } : {}),
  });
  const { http, close } = await openServer(services);
  const anonymous = new TestClient(http);
  let owner: Promise<TestPerson> | undefined;
  let signIns = 0;

  async function signIn(email: string, password: string): Promise<TestPerson> {
    signIns += 1;
    // Each from an address of its own: many people in one test are no flood.
    const ip = `10.0.${signIns >> 8}.${signIns & 255}`;
    const answer = await anonymous.post('/console/api/login', { email, password }, { ip });
    if (answer.status !== 200) throw new Error(`signing in failed: ${answer.status} ${answer.text}`);
    const client = anonymous.with({ authorization: `Bearer ${answer.json.data.access_token}` });
    const profile = await client.get('/console/api/account/profile');
    const workspace = await client.post('/console/api/workspaces/current', {});
    return {
      client,
      email,
      password,
      cookies: answer.cookies,
      accountId: profile.json.id,
      workspaceId: workspace.json.id,
    };
  }

  async function setUp(): Promise<TestPerson> {
    const email = 'owner@example.com';
    await services.accountService.setUp({ email, name: 'Olive Owner', password: testPassword });
    return signIn(email, testPassword);
  }

  async function addPerson(input: { role: Role; workspaceId: string; email: string | undefined }) {
    const email = input.email ?? `${input.role.replace('_', '-')}-${newId().slice(-8)}@example.com`;
    const account = await services.accounts.transaction(async (tx) => {
      const made = await services.accounts.insert(tx, {
        name: `Test ${input.role}`,
        email,
        initializedAt: new Date(),
      });
      await services.workspaces.addMember(tx, {
        workspaceId: input.workspaceId,
        accountId: made.id,
        role: input.role,
        isCurrent: true,
      });
      return made;
    });
    await services.accountService.setPassword(account.id, testPassword);
    return signIn(email, testPassword);
  }

  const app: TestApp = {
    http,
    services,
    mailbox,
    database,
    anonymous,
    as: (bearer) => anonymous.with({ authorization: `Bearer ${bearer}` }),
    owner() {
      owner ??= setUp();
      return owner;
    },
    async member(role, { workspaceId, email } = {}) {
      const home = await app.owner();
      return addPerson({ role, email, workspaceId: workspaceId ?? home.workspaceId });
    },
    async stranger({ email } = {}) {
      await app.owner();
      const workspaceId = newId();
      const keys = await services.vault.generateKeyPair(workspaceId);
      await services.workspaces.insert(services.db, { id: workspaceId, name: 'Elsewhere', keys });
      return addPerson({ role: 'owner', workspaceId, email });
    },
    signIn,
    async close() {
      await close();
      await database.close();
    },
  };
  return app;
}
