import { createStore, type StoreApi } from 'zustand/vanilla';
import { ApiError, isAbort } from '../../api/error.ts';
import { readEventStream } from '../../api/event-stream.ts';
import { applyRunEvent, beginningRun, type ContainerOf, type RunEvent, type RunView } from './run-view.ts';

/** One run on the screen. */
export interface RunState {
  /** Absent before the first run. */
  readonly view: RunView | undefined;
  /** Events are arriving. */
  readonly busy: boolean;
  /** Why the run was not accepted, or why it cannot be followed any more. */
  readonly failure: unknown;
  /** Starts a run and shows it until it ends; a run that is shown is left, not stopped. */
  readonly start: (open: (signal: AbortSignal) => Promise<Response>) => Promise<void>;
  readonly stop: () => void;
  /** Shows nothing. */
  readonly clear: () => void;
}

interface RunStoreOptions {
  readonly containerOf: () => ContainerOf;
  readonly stop: (taskId: string) => Promise<unknown>;
  /** Opens the events of a run from the first, also past a pause. */
  readonly follow: (runId: string, signal: AbortSignal) => Promise<Response>;
  readonly followEveryMs?: number;
}

const maxFollows = 20;

/** Draws at most once per frame; hidden pages have no frames and get a timer instead. */
function onNextFrame(work: () => void): void {
  if (typeof document === 'undefined' || document.hidden) setTimeout(work, 50);
  else requestAnimationFrame(work);
}

/**
 * Carries out one run after the other and keeps what the newest has told. When a connection breaks, or the run pauses
 * for a person, the run is followed by its id until it has ended.
 */
export function createRunStore(options: RunStoreOptions): StoreApi<RunState> {
  let controller = new AbortController();
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  return createStore<RunState>()((set, get) => {
    const read = async (open: () => Promise<Response>, signal: AbortSignal, fresh: boolean) => {
      let view = fresh ? beginningRun : (get().view ?? beginningRun);
      let scheduled = false;
      const draw = () => {
        scheduled = false;
        if (!signal.aborted) set({ view });
      };
      const containerOf = options.containerOf();
      try {
        for await (const event of readEventStream<RunEvent>(await open())) {
          if (signal.aborted) return;
          view = applyRunEvent(view, event, containerOf);
          if (view.runId === undefined && event.workflow_run_id) {
            view = { ...view, runId: event.workflow_run_id };
          }
          if (!scheduled) {
            scheduled = true;
            onNextFrame(draw);
          }
        }
      } finally {
        // Also what came before a connection broke.
        draw();
      }
    };
    const isOpen = () => ['running', 'paused'].includes(get().view?.status ?? '');

    const followToTheEnd = async (signal: AbortSignal) => {
      for (let tries = 0; tries < maxFollows && isOpen() && !signal.aborted; tries += 1) {
        const runId = get().view?.runId;
        if (runId === undefined) return;
        try {
          await read(() => options.follow(runId, signal), signal, true);
        } catch (error) {
          if (isAbort(error)) return;
          if (!(error instanceof ApiError) || error.status !== 0) throw error;
        }
        if (isOpen()) await wait(options.followEveryMs ?? 1500);
      }
    };

    return {
      view: undefined,
      busy: false,
      failure: undefined,
      start: async (open) => {
        controller.abort();
        controller = new AbortController();
        const { signal } = controller;
        set({ view: beginningRun, busy: true, failure: undefined });
        try {
          try {
            await read(() => open(signal), signal, true);
          } catch (error) {
            const isBroken = error instanceof ApiError && error.status === 0;
            if (!isBroken || get().view?.runId === undefined) throw error;
          }
          if (!signal.aborted) await followToTheEnd(signal);
        } catch (error) {
          if (isAbort(error) || signal.aborted) return;
          set((state) => ({
            failure: error,
            view: state.view?.runId === undefined ? undefined : state.view,
          }));
        } finally {
          if (!signal.aborted) set({ busy: false });
        }
      },
      stop: () => {
        const runId = get().view?.runId;
        if (runId === undefined) controller.abort();
        else options.stop(runId).catch((error: unknown) => set({ failure: error }));
      },
      clear: () => {
        controller.abort();
        set({ view: undefined, busy: false, failure: undefined });
      },
    };
  });
}
