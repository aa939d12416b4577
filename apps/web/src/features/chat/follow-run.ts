import { ApiError, isAbort } from '../../api/error.ts';
import { hasEnded } from '../process/process.ts';
import type { ChatTransport } from './chat-store.ts';
import { streamTurn } from './stream-turn.ts';
import type { Turn } from './turn.ts';
import { applyEvent, joinDeltas } from './turn-events.ts';

interface RunFollowerOptions {
  readonly transport: () => ChatTransport;
  /** Time between two attempts to reach the run, in milliseconds. */
  readonly readEveryMs: number;
  readonly find: (key: string) => Turn | undefined;
  readonly update: (key: string, change: (turn: Turn) => Turn) => void;
  /** The run has ended well. */
  readonly ended: (key: string) => Promise<void>;
}

/** Follows the runs of turns that wait for a person. */
interface RunFollower {
  /** Listens to a turn's run until it has ended, however often the connection breaks. */
  follow(key: string): Promise<void>;
  /** Listens no longer; the runs go on. */
  leaveAll(): void;
}

/** See {@link RunFollower}. */
export function createRunFollower(options: RunFollowerOptions): RunFollower {
  const { find, update } = options;
  const followed = new Map<string, AbortController>();

  const read = async (key: string, runId: string, signal: AbortSignal) => {
    const { attach } = options.transport();
    if (!attach) return;
    await streamTurn(() => attach(runId, signal), {
      onTask: () => undefined,
      onEvents: (events) => {
        if (!signal.aborted) update(key, (turn) => joinDeltas(events).reduce(applyEvent, turn));
      },
    });
  };
  const finish = (turn: Turn): Turn => {
    if (turn.status === 'failed') return turn;
    if (turn.process?.status === 'stopped') return { ...turn, status: 'stopped' };
    if (turn.process?.status !== 'failed') return { ...turn, status: 'done' };
    return { ...turn, status: 'failed', error: new Error(turn.process.error) };
  };
  const followWith = async (key: string, signal: AbortSignal) => {
    while (!signal.aborted) {
      const runId = find(key)?.process?.runId;
      if (!runId || !options.transport().attach) return;
      try {
        await read(key, runId, signal);
      } catch (error) {
        if (signal.aborted || isAbort(error)) return;
        if (!(error instanceof ApiError) || error.code !== 'network') {
          update(key, (turn) => ({ ...turn, status: 'failed', error }));
          return;
        }
      }
      const process = find(key)?.process;
      if (!process || signal.aborted) return;
      if (hasEnded(process)) {
        update(key, finish);
        if (find(key)?.status === 'done') await options.ended(key);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, options.readEveryMs));
    }
  };

  return {
    follow: async (key) => {
      if (followed.has(key)) return;
      const controller = new AbortController();
      followed.set(key, controller);
      await followWith(key, controller.signal);
      if (followed.get(key) === controller) followed.delete(key);
    },
    leaveAll: () => {
      for (const controller of followed.values()) controller.abort();
      followed.clear();
    },
  };
}
