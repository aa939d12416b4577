import type { EventEmitter } from 'node:events';

/** A terminal sends Ctrl-C to every process of the command and npm hands its own on: repeats within this are one. */
const repeatMs = 1_000;
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What the surrounding process offers; Node's `process` fits. */
export interface SignalSource extends Pick<EventEmitter, 'on' | 'off'> {
  readonly channel?: { unref(): void } | undefined;
}

/** Who listens, and what happens when somebody insists. */
export interface StopOptions {
  readonly source: SignalSource;
  /** Called when a stop is asked for again later: stop now, without waiting for anything. */
  readonly onImpatience: () => void;
  /** Milliseconds of a clock that only moves forward. */
  readonly now?: () => number;
}

/** Notices of the wish to stop. */
export interface StopNotice {
  /** Aborted at the first Ctrl-C, SIGTERM, hang-up, or death of the launcher; the reason names which. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

/** Turns signals, and the closing of the launcher's channel, into one abort signal for an orderly stop. */
export function listenForStop(options: StopOptions): StopNotice {
  const { source, onImpatience, now = () => performance.now() } = options;
  const controller = new AbortController();
  let askedAt = 0;
  const ask = (what: string): void => {
    if (!controller.signal.aborted) {
      askedAt = now();
      controller.abort(new Error(`stopped by ${what}`));
    } else if (now() - askedAt > repeatMs) {
      onImpatience();
    }
  };
  const listeners = stopSignals.map((name) => [name, () => ask(name)] as const);
  for (const [name, listener] of listeners) source.on(name, listener);
  const onDisconnect = (): void => {
    if (!controller.signal.aborted) ask('the end of its launcher');
  };
  if (source.channel !== undefined) {
    source.on('disconnect', onDisconnect);
    // The channel alone is no reason to stay alive.
    source.channel?.unref();
  }
  return {
    signal: controller.signal,
    dispose() {
      for (const [name, listener] of listeners) source.off(name, listener);
      source.off('disconnect', onDisconnect);
    },
  };
}
