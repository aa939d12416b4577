import { createStore, type StoreApi } from 'zustand/vanilla';
import { isAbort } from '../../api/error.ts';

/** How a row stands. `paused`: it waits for a person. */
export type RowStatus = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'stopped';

/** A row with what became of it. */
export interface BatchRow {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly status: RowStatus;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly error: string;
  /** The same for every attempt that may find an earlier one's run; renewed when the row is asked to run again. */
  readonly key: string;
}

/** Runs one row. */
export type RunRow = (
  row: BatchRow,
  how: {
    readonly signal: AbortSignal;
    /** The row waits for a person: others may take its place meanwhile. */
    readonly onPaused: () => void;
  },
) => Promise<Readonly<Record<string, unknown>>>;

/** Many runs of one form. */
export interface BatchState {
  readonly rows: readonly BatchRow[];
  readonly running: boolean;
  readonly load: (inputs: readonly Readonly<Record<string, unknown>>[]) => void;
  /** Runs every row that waits. */
  readonly start: () => void;
  /** Runs rows again: one, or all that failed or were stopped. */
  readonly retry: (index?: number) => void;
  readonly stop: () => void;
  readonly clear: () => void;
}

interface BatchOptions {
  readonly run: RunRow;
  readonly concurrency: number;
  readonly newKey: () => string;
  readonly describe: (error: unknown) => string;
  /** Keeps the rows over a reload of the page. */
  readonly memory: { read(): string | null; write(text: string | null): void };
}

/** Time between two writes into the page's memory, in milliseconds. */
const rememberEveryMs = 500;

/** A row that was under way when the page was left is asked for again, and found by its key. */
function restored(text: string | null): BatchRow[] {
  if (text === null) return [];
  try {
    const rows = JSON.parse(text) as BatchRow[];
    return rows.map((row) =>
      row.status === 'running' || row.status === 'paused' ? { ...row, status: 'waiting' } : row,
    );
  } catch {
    return [];
  }
}

/** Runs rows, a few at a time, in their order. */
export function createBatch(options: BatchOptions): StoreApi<BatchState> {
  const { memory, newKey } = options;
  let controller = new AbortController();
  let active = 0;
  let isRemembering = false;

  return createStore<BatchState>()((set, get) => {
    const remember = () => {
      if (isRemembering) return;
      isRemembering = true;
      setTimeout(() => {
        isRemembering = false;
        const { rows } = get();
        memory.write(rows.length === 0 ? null : JSON.stringify(rows));
      }, rememberEveryMs);
    };
    const change = (index: number, patch: Partial<BatchRow>) => {
      set(({ rows }) => ({ rows: rows.map((row, at) => (at === index ? { ...row, ...patch } : row)) }));
      remember();
    };
    const runRow = async (index: number, signal: AbortSignal) => {
      const row = get().rows[index];
      if (!row) return;
      let holdsPlace = true;
      const leavePlace = () => {
        if (!holdsPlace) return;
        holdsPlace = false;
        active -= 1;
        fill();
      };
      active += 1;
      change(index, { status: 'running', outputs: {}, error: '' });
      try {
        const onPaused = () => {
          change(index, { status: 'paused' });
          leavePlace();
        };
        const outputs = await options.run(row, { signal, onPaused });
        if (!signal.aborted) change(index, { status: 'done', outputs });
      } catch (error) {
        if (signal.aborted || isAbort(error)) return;
        change(index, { status: 'failed', error: options.describe(error) });
      } finally {
        if (!signal.aborted) {
          leavePlace();
          fill();
        }
      }
    };
    const fill = () => {
      const { signal } = controller;
      while (active < options.concurrency) {
        const index = get().rows.findIndex(({ status }) => status === 'waiting');
        if (index < 0) break;
        void runRow(index, signal);
      }
      const running = get().rows.some(({ status }) => status === 'running' || status === 'paused');
      if (get().running !== running) set({ running });
    };
    const leave = () => {
      controller.abort();
      controller = new AbortController();
      active = 0;
    };

    return {
      rows: restored(memory.read()),
      running: false,
      load: (inputs) => {
        leave();
        set({
          running: false,
          rows: inputs.map((row) => ({
            inputs: row,
            status: 'waiting',
            outputs: {},
            error: '',
            key: newKey(),
          })),
        });
        remember();
      },
      start: fill,
      retry: (index) => {
        set(({ rows }) => ({
          rows: rows.map((row, at) =>
            (index === undefined || at === index) && (row.status === 'failed' || row.status === 'stopped')
              ? { ...row, status: 'waiting' as const, key: newKey() }
              : row,
          ),
        }));
        fill();
      },
      stop: () => {
        leave();
        set(({ rows }) => ({
          running: false,
          rows: rows.map((row) =>
            row.status === 'done' || row.status === 'failed' ? row : { ...row, status: 'stopped' as const },
          ),
        }));
        remember();
      },
      clear: () => {
        leave();
        set({ rows: [], running: false });
        remember();
      },
    };
  });
}
