import { createStore, type StoreApi } from 'zustand/vanilla';
import { isAbort } from '../api/error.ts';
import type { Process } from '../features/process/process.ts';
import { carryOut } from './carry-out.ts';
import type { ShareApi } from './share-api.ts';

/** The one run of a workflow page. */
export interface WorkflowRunState {
  /** Absent before the first run. */
  readonly process: Process | undefined;
  readonly busy: boolean;
  /** Why the run was refused, or cannot be followed any more. */
  readonly failure: unknown;
  readonly run: (inputs: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Finds a run again that the page had when it was left. A run that is gone is not worth a message. */
  readonly resume: (runId: string) => Promise<void>;
  readonly stop: () => void;
  readonly clear: () => void;
}

interface WorkflowRunOptions {
  readonly api: ShareApi;
  /** Remembers the run over a reload of the page. */
  readonly memory: { read(): string | null; write(runId: string | null): void };
}

/** Draws at most once per frame; hidden pages have no frames and get a timer instead. */
function onNextFrame(work: () => void): void {
  if (document.hidden) setTimeout(work, 100);
  else requestAnimationFrame(work);
}

/** Runs the workflow once at a time; a run that was under way when the page was left is found again. */
export function createWorkflowRun({ api, memory }: WorkflowRunOptions): StoreApi<WorkflowRunState> {
  let controller = new AbortController();
  const store = createStore<WorkflowRunState>()((set, get) => {
    const follow = async (how: {
      start?: (signal: AbortSignal) => Promise<Response>;
      runId?: string;
    }): Promise<void> => {
      controller.abort();
      controller = new AbortController();
      const { signal } = controller;
      let newest: Process | undefined;
      let scheduled = false;
      const draw = () => {
        scheduled = false;
        if (!signal.aborted) set({ process: newest });
      };
      set({ process: undefined, busy: true, failure: undefined });
      try {
        newest = await carryOut(api, {
          ...how,
          signal,
          onChange: (process) => {
            newest = process;
            if (process.runId) memory.write(process.runId);
            if (!scheduled) {
              scheduled = true;
              onNextFrame(draw);
            }
          },
        });
        draw();
      } catch (error) {
        if (signal.aborted || isAbort(error)) return;
        draw();
        set({ failure: error });
      } finally {
        if (!signal.aborted) set({ busy: false });
      }
    };
    return {
      process: undefined,
      busy: false,
      failure: undefined,
      run: (inputs) => follow({ start: (signal) => api.runWorkflow({ inputs }, signal) }),
      resume: async (runId) => {
        await follow({ runId });
        if (get().failure !== undefined) get().clear();
      },
      stop: () => {
        const runId = get().process?.runId;
        if (runId === undefined) controller.abort();
        else api.stop('workflow', runId).catch((error: unknown) => set({ failure: error }));
        if (runId === undefined) set({ busy: false });
      },
      clear: () => {
        controller.abort();
        memory.write(null);
        set({ process: undefined, busy: false, failure: undefined });
      },
    };
  });
  const left = memory.read();
  if (left) void store.getState().resume(left);
  return store;
}
