import { OutboundError } from './errors.ts';

/** The caller's signal and the total time of one request, redirects and body included. */
export interface Deadline {
  readonly signal: AbortSignal | undefined;
  /** The request is over: the timer and the listener go. */
  clear(): void;
}

/** Starts the clock. Without a time limit the caller's signal is used as it is, which costs nothing. */
export function startDeadline(options: {
  timeoutMs: number | undefined;
  signal: AbortSignal | undefined;
  host: string;
}): Deadline {
  const { timeoutMs, signal, host } = options;
  signal?.throwIfAborted();
  if (timeoutMs === undefined) return { signal, clear: () => undefined };

  const controller = new AbortController();
  const follow = (): void => controller.abort(signal?.reason);
  const timer = setTimeout(() => {
    controller.abort(new OutboundError('timeout', `${host} took longer than ${timeoutMs} ms in all.`));
  }, timeoutMs);
  timer.unref();
  signal?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', follow);
    },
  };
}
