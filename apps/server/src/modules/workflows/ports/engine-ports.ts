import type { EnginePorts } from '@trellis/engine';
import type { WorkflowRun } from '../run.ts';

/** What nodes of one run reach the outside through, and how to let go of it. */
export interface OpenPorts {
  ports: EnginePorts;
  /** Ends interpreters that belong to the run. */
  close(): Promise<void>;
}

/** The place of a run that ports serve. */
export type PortScope = Pick<WorkflowRun, 'id' | 'scope' | 'app' | 'asker' | 'turn'>;

/** Ports of one kind for a run. */
export type PortMaker = (run: PortScope) => Partial<EnginePorts> & { close?: () => Promise<void> };

/** Puts the ports of runs together from what makes each kind. */
export class EnginePortFactory {
  readonly #makers: readonly PortMaker[];

  constructor(makers: readonly PortMaker[]) {
    this.#makers = makers;
  }

  /** The ports of a run; nothing is started before a node needs it. */
  open(run: PortScope): OpenPorts {
    const closers: (() => Promise<void>)[] = [];
    let ports: EnginePorts = systemPorts;
    for (const make of this.#makers) {
      const { close, ...made } = make(run);
      ports = { ...ports, ...made };
      if (close) closers.push(close);
    }
    return {
      ports,
      async close() {
        for (const close of closers) await close();
      },
    };
  }
}

const systemPorts: EnginePorts = {
  clock: {
    now: () => Date.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const onAbort = () => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        }, ms);
        timer.unref();
        signal.addEventListener('abort', onAbort, { once: true });
      }),
  },
  random: Math.random,
};
