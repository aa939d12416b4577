import { createStore, type StoreApi } from 'zustand/vanilla';
import { ApiError, isAbort } from '../../api/error.ts';
import type { FileReference, MessageFile, Rating } from '../../api/messages.ts';
import { createRunFollower } from './follow-run.ts';
import { streamTurn } from './stream-turn.ts';
import { newTurn, pathOf, type Turn } from './turn.ts';
import { applyEvent, joinDeltas } from './turn-events.ts';

/** One question on its way to the server. */
export interface TurnRequest {
  readonly query: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly files: readonly FileReference[];
  readonly conversationId: string | undefined;
  /** Message above this one; null for the first. */
  readonly parentMessageId: string | null;
}

/** How a page reaches its server; the console and the web app differ here only. */
export interface ChatTransport {
  readonly open: (request: TurnRequest, signal: AbortSignal) => Promise<Response>;
  readonly stop: (taskId: string) => Promise<unknown>;
  readonly rate?: (messageId: string, rating: Rating, comment: string | undefined) => Promise<unknown>;
  /** Follow-up questions; absent where the app has none. */
  readonly suggest?: ((messageId: string) => Promise<readonly string[]>) | undefined;
  /**
   * A message as the server has it now. The server finishes a turn whose connection broke; with this the page
   * follows it to its end instead of giving up.
   */
  readonly stored?: (
    conversationId: string,
    messageId: string,
  ) => Promise<
    { readonly answer: string; readonly status: string; readonly error: string | null } | undefined
  >;
  /**
   * Opens an answer again that is being written: the text so far, then what follows. With this a page goes on after a
   * reload and after a broken connection.
   */
  readonly comeBack?: (taskId: string, signal: AbortSignal) => Promise<Response>;
  /**
   * Opens the events of a run again, from its beginning and past its pauses; absent where graphs do not answer. With
   * this the page goes on by itself when a person has answered a form.
   */
  readonly attach?: (runId: string, signal: AbortSignal) => Promise<Response>;
  /** A piece of an answer that is spoken while it is written, in base64; empty at its end. */
  readonly onSpeech?: (key: string, fragment: string) => void;
  /** The first turn of a new conversation has ended. */
  readonly onConversation?: (conversationId: string) => void;
}

/** What a person asks. */
export interface Question {
  readonly query: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly files: readonly FileReference[];
  /** The same files as they are shown above the answer. */
  readonly shownFiles: readonly MessageFile[];
  /** Key of the turn to ask again; absent to ask at the end of the path. */
  readonly insteadOf?: string;
}

/** State of one conversation on the screen. */
export interface ChatState {
  readonly conversationId: string | undefined;
  readonly turns: readonly Turn[];
  /** The branch to show at each fork, by parent key. */
  readonly chosen: Readonly<Record<string, string>>;
  /** An answer is on its way. */
  readonly busy: boolean;
  readonly ask: (question: Question) => Promise<void>;
  readonly stop: () => void;
  readonly choose: (parentKey: string | null, key: string) => void;
  readonly rate: (key: string, rating: Rating, comment?: string) => Promise<void>;
  /** Shows another conversation, or none yet. */
  readonly open: (conversationId: string | undefined, turns: readonly Turn[]) => void;
}

/** How long a stopped turn may take to end by itself before its connection is closed, in milliseconds. */
const stopGraceMs = 4000;

/** Reads without a change after which a turn that is followed counts as ended. */
const quietReads = 3;
const maxReads = 60;
/** How often a page tries to come back to an answer before it looks at what is stored. */
const maxReturns = 5;

/** An answer that is on its way to this page. */
interface Listening {
  readonly controller: AbortController;
  taskId?: string;
  stopRequested: boolean;
}

function isBroken(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'network';
}

interface ChatStoreOptions {
  /** Asked for at every use, so that it may depend on what is configured at that moment. */
  readonly transport: () => ChatTransport;
  readonly newKey: () => string;
  /** Time between two reads of a turn whose connection broke, in milliseconds. */
  readonly readEveryMs?: number;
}

/** A conversation: asks, streams, stops, branches and rates, over any transport. */
export function createChatStore({
  transport,
  newKey,
  readEveryMs = 1500,
}: ChatStoreOptions): StoreApi<ChatState> {
  let running: Listening | undefined;

  return createStore<ChatState>()((set, get) => {
    const update = (key: string, change: (turn: Turn) => Turn) =>
      set((state) => ({ turns: state.turns.map((turn) => (turn.key === key ? change(turn) : turn)) }));

    const sendStop = (run: Listening) => {
      if (run.taskId)
        transport()
          .stop(run.taskId)
          .catch(() => run.controller.abort());
      else run.controller.abort();
      setTimeout(() => run.controller.abort(), stopGraceMs);
    };

    const addSuggestions = async (key: string) => {
      const { messageId } = get().turns.find((turn) => turn.key === key) ?? {};
      if (!messageId) return;
      // Follow-up questions are a courtesy: their failure is not worth a message.
      const suggestions = await transport()
        .suggest?.(messageId)
        .catch(() => []);
      if (suggestions?.length) update(key, (turn) => ({ ...turn, suggestions }));
    };

    /** Follows a turn in what the server stores of it; false when that is not possible. */
    const followStored = async (key: string, signal: AbortSignal): Promise<boolean> => {
      const { conversationId, turns } = get();
      const messageId = turns.find((turn) => turn.key === key)?.messageId;
      if (!conversationId || !messageId || !transport().stored) return false;
      let answer: string | undefined;
      let unchanged = 0;
      for (let reads = 0; reads < maxReads && unchanged < quietReads && !signal.aborted; reads += 1) {
        await new Promise((resolve) => setTimeout(resolve, readEveryMs));
        const message = await transport()
          .stored?.(conversationId, messageId)
          .catch(() => undefined);
        if (!message) continue;
        if (message.status === 'error') {
          update(key, (turn) => ({
            ...turn,
            answer: message.answer,
            status: 'failed',
            error: new Error(message.error ?? ''),
          }));
          return true;
        }
        unchanged = message.answer === answer ? unchanged + 1 : 0;
        answer = message.answer;
        update(key, (turn) => ({ ...turn, answer: message.answer, status: 'streaming' }));
      }
      if (answer === undefined) return false;
      update(key, (turn) => ({ ...turn, status: 'done' }));
      return true;
    };

    const follower = createRunFollower({
      transport,
      readEveryMs,
      find: (key) => get().turns.find((turn) => turn.key === key),
      update,
      ended: async (key) => {
        const { conversationId, turns } = get();
        const turn = turns.find((candidate) => candidate.key === key);
        if (!conversationId || !turn?.messageId) return;
        // A run that ended while nobody listened tells its end only; its words are in the stored message.
        const message = await transport()
          .stored?.(conversationId, turn.messageId)
          .catch(() => undefined);
        if (message?.answer) update(key, (current) => ({ ...current, answer: message.answer }));
        await addSuggestions(key);
      },
    });

    const listen = (key: string, run: Listening, open: () => Promise<Response>) =>
      streamTurn(open, {
        onTask: (taskId) => {
          run.taskId = taskId;
        },
        onEvents: (events) => {
          const conversationId = events.find((event) => event.conversation_id)?.conversation_id;
          if (conversationId && running === run) set({ conversationId });
          for (const event of events) {
            if (event.event === 'tts_message') transport().onSpeech?.(key, event.audio);
            else if (event.event === 'tts_message_end') transport().onSpeech?.(key, '');
          }
          update(key, (current) => joinDeltas(events).reduce(applyEvent, current));
        },
      });

    /** Listens to an answer, and comes back to it when the connection breaks. */
    const listenOn = async (key: string, run: Listening, open: () => Promise<Response>) => {
      for (let returns = 0; ; returns += 1) {
        try {
          await listen(key, run, open);
          return;
        } catch (error) {
          const { comeBack } = transport();
          const { taskId, controller } = run;
          if (!isBroken(error) || run.stopRequested || !taskId || !comeBack || returns === maxReturns)
            throw error;
          await new Promise((resolve) => setTimeout(resolve, readEveryMs));
          open = () => comeBack(taskId, controller.signal);
        }
      }
    };

    /** Shows an answer while it comes, and how it ends. */
    const carry = async (key: string, run: Listening, open: () => Promise<Response>) => {
      try {
        await listenOn(key, run, open);
        update(key, (current) =>
          current.status === 'failed' || current.status === 'paused'
            ? current
            : { ...current, status: run.stopRequested ? 'stopped' : 'done' },
        );
      } catch (error) {
        const stopped = run.stopRequested || isAbort(error);
        if (stopped || !isBroken(error) || !(await followStored(key, run.controller.signal))) {
          update(key, (current) => ({
            ...current,
            ...(stopped ? { status: 'stopped' as const } : { status: 'failed' as const, error }),
          }));
        }
      } finally {
        if (running === run) {
          running = undefined;
          set({ busy: false });
        }
      }
    };

    const afterwards = async (key: string) => {
      const status = get().turns.find((current) => current.key === key)?.status;
      if (status === 'done') await addSuggestions(key);
      if (status === 'paused') await follower.follow(key);
    };

    /** Goes on with an answer that was being written when its conversation was opened. */
    const goOn = async ({ key, taskId }: Turn) => {
      const { comeBack } = transport();
      if (taskId === undefined || !comeBack) return;
      const run: Listening = { controller: new AbortController(), taskId, stopRequested: false };
      running = run;
      set({ busy: true });
      await carry(key, run, () => comeBack(taskId, run.controller.signal));
      await afterwards(key);
    };

    return {
      conversationId: undefined,
      turns: [],
      chosen: {},
      busy: false,

      ask: async (question) => {
        if (get().busy) return;
        const before = get();
        const replaced = before.turns.find((turn) => turn.key === question.insteadOf);
        const parentKey = replaced
          ? replaced.parentKey
          : (pathOf(before.turns, before.chosen).at(-1)?.turn.key ?? null);
        const parent = before.turns.find((turn) => turn.key === parentKey);
        const key = newKey();
        const run: Listening = { controller: new AbortController(), stopRequested: false };
        running = run;
        const turn = newTurn({ key, parentKey, query: question.query, files: question.shownFiles });
        set({
          turns: [...before.turns, turn],
          chosen: { ...before.chosen, [parentKey ?? '']: key },
          busy: true,
        });
        const isFirst = before.conversationId === undefined;
        await carry(key, run, () =>
          transport().open(
            {
              query: question.query,
              inputs: question.inputs,
              files: question.files,
              conversationId: before.conversationId,
              parentMessageId: parent?.messageId ?? null,
            },
            run.controller.signal,
          ),
        );
        const { conversationId } = get();
        if (isFirst && conversationId) transport().onConversation?.(conversationId);
        await afterwards(key);
      },

      stop: () => {
        if (!running || running.stopRequested) return;
        running.stopRequested = true;
        sendStop(running);
      },

      choose: (parentKey, key) => set((state) => ({ chosen: { ...state.chosen, [parentKey ?? '']: key } })),

      rate: async (key, rating, comment) => {
        const turn = get().turns.find((candidate) => candidate.key === key);
        if (!turn?.messageId) return;
        update(key, (current) => ({ ...current, rating }));
        try {
          await transport().rate?.(turn.messageId, rating, comment);
        } catch (error) {
          update(key, (current) => ({ ...current, rating: turn.rating }));
          throw error instanceof ApiError ? error : new ApiError({ code: 'unknown', message: '', status: 0 });
        }
      },

      open: (conversationId, turns) => {
        // The answer under way goes on at the server and is found when the conversation is opened again.
        running?.controller.abort();
        running = undefined;
        follower.leaveAll();
        set({ conversationId, turns, chosen: {}, busy: false });
        for (const turn of turns) if (turn.status === 'paused') void follower.follow(turn.key);
        const written = turns.findLast((turn) => turn.taskId !== undefined);
        if (written) void goOn(written);
      },
    };
  });
}
