import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type ChatTransport, createChatStore, type TurnRequest } from './chat-store.ts';
import { newTurn, pathOf, turnsFromMessages } from './turn.ts';

beforeAll(() => {
  // The store draws once per frame of the page.
  vi.stubGlobal('document', { hidden: false });
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work, 0));
});

function stream(events: object[]): Response {
  return new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
}

function setUp(over: Partial<ChatTransport> = {}) {
  const requests: TurnRequest[] = [];
  let count = 0;
  const transport: ChatTransport = {
    open: async (request) => {
      requests.push(request);
      const id = `m${requests.length}`;
      const envelope = { task_id: 't', conversation_id: 'c', message_id: id };
      return stream([
        { event: 'message', answer: `Answer ${requests.length}`, ...envelope },
        { event: 'message_end', ...envelope },
      ]);
    },
    stop: async () => undefined,
    ...over,
  };
  const store = createChatStore({
    transport: () => transport,
    newKey: () => `k${++count}`,
    readEveryMs: 1,
  });
  const ask = (query: string, insteadOf?: string) =>
    store
      .getState()
      .ask({ query, inputs: {}, files: [], shownFiles: [], ...(insteadOf ? { insteadOf } : {}) });
  const shown = () => pathOf(store.getState().turns, store.getState().chosen).map((step) => step.turn.answer);
  return { store, requests, ask, shown };
}

describe('a conversation', () => {
  it('goes on in the conversation and below the message of the turn before', async () => {
    const { requests, ask, shown } = setUp();
    await ask('one');
    await ask('two');
    expect(requests[0]).toMatchObject({ conversationId: undefined, parentMessageId: null });
    expect(requests[1]).toMatchObject({ conversationId: 'c', parentMessageId: 'm1' });
    expect(shown()).toEqual(['Answer 1', 'Answer 2']);
  });

  it('asks again beside the old answer and shows the new one', async () => {
    const { store, requests, ask, shown } = setUp();
    await ask('one');
    await ask('two');
    await ask('two', 'k2');
    expect(requests[2]).toMatchObject({ parentMessageId: 'm1' });
    expect(shown()).toEqual(['Answer 1', 'Answer 3']);
    store.getState().choose('k1', 'k2');
    expect(shown()).toEqual(['Answer 1', 'Answer 2']);
  });

  it('tells about a new conversation once, after its first turn', async () => {
    const onConversation = vi.fn();
    const { ask } = setUp({ onConversation });
    await ask('one');
    await ask('two');
    expect(onConversation.mock.calls).toEqual([['c']]);
  });

  it('adds follow-up questions to the finished turn', async () => {
    const { store, ask } = setUp({ suggest: async () => ['Why?'] });
    await ask('one');
    expect(store.getState().turns[0]?.suggestions).toEqual(['Why?']);
  });

  it('fails the turn, not the page, when the server refuses', async () => {
    const { store, ask } = setUp({
      open: async () =>
        new Response(JSON.stringify({ code: 'app_unavailable', message: 'no', status: 400 }), {
          status: 400,
        }),
    });
    await ask('one');
    expect(store.getState()).toMatchObject({ busy: false });
    expect(store.getState().turns[0]).toMatchObject({ status: 'failed', error: { code: 'app_unavailable' } });
  });

  it('stops by the task id and keeps the text that had arrived', async () => {
    let end: () => void = () => undefined;
    const stop = vi.fn(async () => end());
    const { store, ask } = setUp({
      stop,
      open: async () =>
        new Response(
          new ReadableStream({
            start(controller) {
              const first = { event: 'message', answer: 'Half', task_id: 'task-7', message_id: 'm' };
              controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(first)}\n\n`));
              end = () => controller.close();
            },
          }),
        ),
    });
    const asked = ask('one');
    await vi.waitFor(() => expect(store.getState().turns[0]?.answer).toBe('Half'));
    store.getState().stop();
    await asked;
    expect(stop).toHaveBeenCalledWith('task-7');
    expect(store.getState().turns[0]).toMatchObject({ status: 'stopped', answer: 'Half' });
  });

  describe('whose connection breaks', () => {
    const broken = async (taskId?: unknown) =>
      new Response(
        new ReadableStream({
          start(controller) {
            const first = {
              event: 'message',
              answer: 'Half',
              conversation_id: 'c',
              message_id: 'm',
              ...(typeof taskId === 'string' ? { task_id: taskId } : {}),
            };
            controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(first)}\n\n`));
            setTimeout(() => controller.error(new TypeError('network changed')), 5);
          },
        }),
      );

    it('is opened again where the server lets it, as often as it breaks', async () => {
      const returned: string[] = [];
      const { store, ask } = setUp({
        open: () => broken('t-1'),
        comeBack: async (taskId) => {
          returned.push(taskId);
          if (returned.length === 1) return broken(taskId);
          return stream([
            { event: 'message_replace', answer: 'Half an', message_id: 'm' },
            { event: 'message', answer: ' answer', message_id: 'm' },
            { event: 'message_end', message_id: 'm' },
          ]);
        },
      });
      await ask('one');
      expect(returned).toEqual(['t-1', 't-1']);
      expect(store.getState()).toMatchObject({ busy: false });
      expect(store.getState().turns[0]).toMatchObject({ status: 'done', answer: 'Half an answer' });
    });

    it('is followed to its end in what the server stores', async () => {
      const texts = ['Half an', 'Half an answer'];
      const { store, ask } = setUp({
        open: broken,
        stored: async () => ({ answer: texts.shift() ?? 'Half an answer', status: 'normal', error: null }),
      });
      await ask('one');
      expect(store.getState()).toMatchObject({ busy: false });
      expect(store.getState().turns[0]).toMatchObject({ status: 'done', answer: 'Half an answer' });
    });

    it('fails with the reason that the server stored', async () => {
      const { store, ask } = setUp({
        open: broken,
        stored: async () => ({ answer: 'Half', status: 'error', error: 'quota' }),
      });
      await ask('one');
      expect(store.getState().turns[0]).toMatchObject({ status: 'failed', error: new Error('quota') });
    });

    it('fails and keeps its text where nothing can be read', async () => {
      const { store, ask } = setUp({ open: broken });
      await ask('one');
      expect(store.getState().turns[0]).toMatchObject({
        status: 'failed',
        answer: 'Half',
        error: { code: 'network' },
      });
    });
  });

  describe('that is opened while an answer is being written', () => {
    const written = {
      ...newTurn({ key: 'm', parentKey: null, query: 'one', files: [] }),
      messageId: 'm',
      taskId: 'task-9',
    };

    it('shows the text so far and what follows, and is busy until the end', async () => {
      const comeBack = vi.fn(async () =>
        stream([
          { event: 'message_replace', answer: 'So far', message_id: 'm', task_id: 'task-9' },
          { event: 'message', answer: ' so good', message_id: 'm', task_id: 'task-9' },
          { event: 'message_end', message_id: 'm', task_id: 'task-9' },
        ]),
      );
      const { store } = setUp({ comeBack, suggest: async () => ['Why?'] });
      store.getState().open('c', [written]);
      expect(store.getState().busy).toBe(true);
      await vi.waitFor(() => expect(store.getState().turns[0]?.suggestions).toEqual(['Why?']));
      expect(comeBack).toHaveBeenCalledWith('task-9', expect.any(AbortSignal));
      expect(store.getState()).toMatchObject({ busy: false, conversationId: 'c' });
      expect(store.getState().turns[0]).toMatchObject({ status: 'done', answer: 'So far so good' });
    });

    it('lets it be stopped', async () => {
      const stop = vi.fn(async () => undefined);
      const { store } = setUp({ stop, comeBack: () => new Promise(() => undefined) });
      store.getState().open('c', [written]);
      store.getState().stop();
      expect(stop).toHaveBeenCalledWith('task-9');
    });
  });

  it('takes a rating back when the server refuses it', async () => {
    const { store, ask } = setUp({
      rate: async () => {
        throw new Error('refused');
      },
    });
    await ask('one');
    await expect(store.getState().rate('k1', 'like')).rejects.toThrow();
    expect(store.getState().turns[0]?.rating).toBeNull();
  });
});

describe('a turn that waits for a person', () => {
  const envelope = { task_id: 'run-1', conversation_id: 'c', message_id: 'm1', workflow_run_id: 'run-1' };
  const started = { event: 'workflow_started', ...envelope, data: { id: 'run-1', reason: 'initial' } };
  const asks = [
    { event: 'human_input_required', ...envelope, data: { node_id: 'ask', form_token: 'tok' } },
    { event: 'workflow_paused', ...envelope, data: {} },
  ];
  const goesOn = [
    started,
    { event: 'human_input_form_filled', ...envelope, data: { node_id: 'ask' } },
    { event: 'workflow_started', ...envelope, data: { id: 'run-1', reason: 'resumption' } },
    { event: 'message', answer: 'Sent.', ...envelope },
    { event: 'message_end', ...envelope },
    { event: 'workflow_finished', ...envelope, data: { id: 'run-1', status: 'succeeded' } },
  ];

  it('is free for other questions, and ends by itself however often the connection breaks', async () => {
    let attached = 0;
    let answerForm: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answerForm = resolve;
    });
    const { store, ask, shown } = setUp({
      open: async () => stream([started, ...asks]),
      attach: async (runId) => {
        expect(runId).toBe('run-1');
        attached += 1;
        if (attached === 1) throw new TypeError('no network');
        if (attached === 2) return stream([started, ...asks]);
        await answered;
        return stream(goesOn);
      },
    });
    const asked = ask('one');
    await vi.waitFor(() => expect(store.getState().turns[0]?.status).toBe('paused'));
    expect(store.getState().busy).toBe(false);
    expect(store.getState().turns[0]?.process?.forms[0]?.token).toBe('tok');
    answerForm();
    await asked;
    expect([store.getState().turns[0]?.status, attached]).toEqual(['done', 3]);
    expect(shown()).toEqual(['Sent.']);
  });

  it('is followed when its conversation is opened again; what was said meanwhile is read', async () => {
    const { store } = setUp({
      attach: async () => stream([goesOn.at(-1) ?? {}]),
      stored: async () => ({ answer: 'Sent long ago.', status: 'normal', error: null }),
    });
    store.getState().open(
      'c',
      turnsFromMessages([
        {
          id: 'm1',
          conversation_id: 'c',
          parent_message_id: null,
          inputs: {},
          query: 'one',
          answer: '',
          status: 'paused',
          error: null,
          message_files: [],
          created_at: 1,
          workflow_run_id: 'run-1',
        },
      ]),
    );
    await vi.waitFor(() =>
      expect(store.getState().turns[0]).toMatchObject({ status: 'done', answer: 'Sent long ago.' }),
    );
  });
});
