import type { RunnerSources } from '../../code/runner-sources.ts';
import type { BackendProbe } from '../../contract.ts';

/** Options of the WASM backend. */
export interface WasmOptions {
  readonly sources: RunnerSources;
  readonly cacheFolder: string | undefined;
  readonly maxInterpreters: number;
  readonly user: { readonly uid: number; readonly gid: number };
}

/** Finds out whether the WASM interpreters start here. */
export async function probeWasm(_options: WasmOptions): Promise<BackendProbe> {
  return { refused: 'the WebAssembly interpreters are not part of this build.' };
}
