import type { CodeLanguage } from '../../contract.ts';
import { SandboxError } from '../../errors.ts';
import type { InterpreterProcess } from './interpreter-process.ts';

/** Keeps the number of live interpreters, and with it their memory, within a bound. */
export class InterpreterPool {
  readonly #size: number;
  readonly #start: (language: CodeLanguage) => Promise<InterpreterProcess>;
  readonly #live = new Set<InterpreterProcess>();
  readonly #waiting: (() => void)[] = [];
  #starting = 0;

  constructor(options: {
    readonly size: number;
    readonly start: (language: CodeLanguage) => Promise<InterpreterProcess>;
  }) {
    this.#size = options.size;
    this.#start = options.start;
  }

  /** A new interpreter; where there is no room, an idle one of another run is ended, else this waits. */
  async start(language: CodeLanguage): Promise<InterpreterProcess> {
    while (this.#countLive() >= this.#size && !this.#endIdle()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#starting += 1;
    try {
      const interpreter = await this.#start(language);
      this.#live.add(interpreter);
      return interpreter;
    } finally {
      this.#starting -= 1;
      this.freed();
    }
  }

  /** To be called when an interpreter has become idle or has ended. */
  freed(): void {
    this.#waiting.shift()?.();
  }

  usage(): { readonly interpreters: number; readonly residentBytes: number } {
    const live = [...this.#live].filter((interpreter) => !interpreter.ended);
    return {
      interpreters: live.length,
      residentBytes: live.reduce((sum, interpreter) => sum + interpreter.residentBytes, 0),
    };
  }

  close(): void {
    for (const interpreter of this.#live) interpreter.kill(closed());
    this.#live.clear();
  }

  #countLive(): number {
    for (const interpreter of this.#live) if (interpreter.ended) this.#live.delete(interpreter);
    return this.#live.size + this.#starting;
  }

  #endIdle(): boolean {
    const [idlest] = [...this.#live]
      .filter((interpreter) => !interpreter.busy)
      .sort((left, right) => left.lastUsed - right.lastUsed);
    if (!idlest) return false;
    idlest.kill(closed());
    this.#live.delete(idlest);
    return true;
  }
}

/** The error of an execution whose run or sandbox was closed. */
export function closed(): SandboxError {
  return new SandboxError('sandbox_closed', 'The run was closed while its code was running.');
}
