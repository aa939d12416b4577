import { ApiError, isAbort } from '../api/error.ts';
import { readEventStream } from '../api/event-stream.ts';
import type { StreamEvent } from '../api/messages.ts';
import { applyProcessEvent, hasEnded, newProcess, type Process } from '../features/process/process.ts';
import type { ShareApi } from './share-api.ts';

/** Time between two attempts to reach a run, in milliseconds. */
const reachEveryMs = 1500;

type RunStream = StreamEvent | { readonly event: 'text_chunk'; readonly data: Record<string, unknown> };

/** How a workflow is carried out. */
export interface CarryOutOptions {
  /** Starts the run; absent to find one again that has been started. */
  readonly start?: (signal: AbortSignal) => Promise<Response>;
  /** The run to find again. */
  readonly runId?: string;
  readonly signal: AbortSignal;
  /** Told at every change, as often as the events come. */
  readonly onChange: (process: Process) => void;
}

/**
 * Carries a workflow out and stays with it to its end, over pauses and broken connections.
 *
 * Throws `ApiError` when it is refused, and the abort of the signal; the run itself goes on then.
 */
export async function carryOut(api: ShareApi, options: CarryOutOptions): Promise<Process> {
  const { signal, start } = options;
  let process: Process = { ...newProcess, runId: options.runId };
  let open = start;
  while (true) {
    try {
      const attach = () => api.attach(process.runId ?? '', signal);
      for await (const event of readEventStream<RunStream>(await (open ? open(signal) : attach()))) {
        if (event.event === 'error') {
          throw new ApiError({ code: event.code, message: event.message, status: event.status });
        }
        process = applyProcessEvent(process, event);
        options.onChange(process);
      }
    } catch (error) {
      const isBroken = error instanceof ApiError && error.code === 'network' && process.runId !== undefined;
      if (signal.aborted || isAbort(error) || !isBroken) throw error;
    }
    if (hasEnded(process)) return process;
    signal.throwIfAborted();
    if (process.runId === undefined) throw new ApiError({ code: 'unknown', message: '', status: 0 });
    open = undefined;
    await new Promise((resolve) => setTimeout(resolve, reachEveryMs));
  }
}

/** Has a text generator write one text and gives it whole. Throws `ApiError` when it is refused or fails. */
export async function writeText(
  api: ShareApi,
  inputs: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<string> {
  const request = { query: '', inputs, files: [], conversationId: undefined, parentMessageId: null };
  let text = '';
  for await (const event of readEventStream<StreamEvent>(await api.complete(request, signal))) {
    if (event.event === 'message') text += event.answer;
    else if (event.event === 'message_replace') text = event.answer;
    else if (event.event === 'error') {
      throw new ApiError({ code: event.code, message: event.message, status: event.status });
    }
  }
  return text;
}
