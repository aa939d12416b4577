import { createSandbox, type Sandbox, type SandboxOptions } from '../src/index.ts';
import { type ProtocolServer, startProtocolServer } from './dify-sandbox-server.ts';

/** A backend as the suites see it. */
export interface TestedBackend {
  readonly name: 'bubblewrap' | 'wasm' | 'http';
  /** `undefined` when the backend can be tested here, else why not. */
  readonly absent: string | undefined;
  /** Whether it keeps code from the machine; the test server of the HTTP backend does not. */
  readonly isolates: boolean;
  create(options?: SandboxOptions): Promise<Sandbox>;
}

/** Finds out which backends this machine has; `close` ends what that needed. */
export async function testedBackends(): Promise<{
  backends: readonly TestedBackend[];
  close(): Promise<void>;
}> {
  const server = await startProtocolServer();
  const backends: TestedBackend[] = [];
  for (const name of ['bubblewrap', 'wasm', 'http'] as const) {
    const create = (options: SandboxOptions = {}) =>
      createSandbox({ ...options, backend: name, ...(name === 'http' ? { http: httpOptions(server) } : {}) });
    const sandbox = await create();
    const missing = sandbox.status().languages.find(({ backend }) => backend === undefined);
    await sandbox.close();
    backends.push({ name, absent: missing?.reason, isolates: name !== 'http', create });
  }
  return { backends, close: () => server.close() };
}

function httpOptions(server: ProtocolServer) {
  return { endpoint: server.address, apiKey: server.apiKey };
}
