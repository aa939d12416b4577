import type { VariableUpdate } from '../core/outcome.ts';

/** An order to a run from outside. */
export type ControlCommand =
  | { readonly kind: 'abort'; readonly reason: string; readonly text?: string }
  | { readonly kind: 'pause'; readonly message: string }
  | { readonly kind: 'update-variables'; readonly updates: readonly VariableUpdate[] };

/** The hand by which a run is stopped, paused or given other variables while it runs. Orders wait until it starts. */
export class RunControl {
  #pending: ControlCommand[] = [];
  #listener: ((command: ControlCommand) => void) | null = null;

  /** Stops the run; it ends as `stopped` with the reason. `text` takes the place of everything it has shown. */
  abort(reason = 'Stopped by a user command.', text?: string): void {
    this.#send({ kind: 'abort', reason, ...(text === undefined ? {} : { text }) });
  }

  /** Pauses the run when the nodes that run now are done. */
  pause(message = ''): void {
    this.#send({ kind: 'pause', message });
  }

  /** Changes variables for the nodes that start later. */
  updateVariables(updates: readonly VariableUpdate[]): void {
    this.#send({ kind: 'update-variables', updates });
  }

  /** Hands orders to the run, those that came before first. Returns the way to let go. */
  attach(listener: (command: ControlCommand) => void): () => void {
    this.#listener = listener;
    for (const command of this.#pending.splice(0)) listener(command);
    return () => {
      this.#listener = null;
    };
  }

  #send(command: ControlCommand): void {
    if (this.#listener === null) this.#pending.push(command);
    else this.#listener(command);
  }
}
