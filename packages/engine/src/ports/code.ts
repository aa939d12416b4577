import type { CodeOutput } from '@trellis/graph';
import type { CodeLimits } from '../nodes/code/check-outputs.ts';

/** A call of user code. */
export interface CodeRequest {
  readonly runId: string;
  readonly language: 'python3' | 'javascript';
  readonly code: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Declared outputs, for backends that can use them. */
  readonly outputs: Readonly<Record<string, CodeOutput>>;
  readonly signal: AbortSignal;
}

/** Untrusted code, run apart. */
export interface CodePort {
  /** Bounds of outputs where they differ from the defaults. */
  readonly limits?: CodeLimits;
  /**
   * Runs `main` and gives back what it returned, not yet checked. Whole floats are `Float` values where the backend
   * can tell. Errors of the code and of the sandbox throw with a message for people.
   */
  run(request: CodeRequest): Promise<{ outputs: unknown }>;
}
