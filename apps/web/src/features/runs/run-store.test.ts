import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/error.ts';
import { createRunStore } from './run-store.ts';

const line = (event: object) => `data: ${JSON.stringify({ workflow_run_id: 'run-1', ...event })}\n\n`;
const begun = line({ event: 'workflow_started', data: { id: 'run-1', inputs: {} } });
const text = (words: string) => line({ event: 'text_chunk', data: { text: words } });
const ended = line({ event: 'workflow_finished', data: { id: 'run-1', status: 'succeeded', outputs: {} } });
const paused = line({ event: 'workflow_paused', data: { elapsed_time: 1 } });

const streaming = (...lines: string[]) => new Response(lines.join(''));
/** A stream whose connection breaks after its lines. */
function breaking(...lines: string[]): Response {
  const pieces = [...lines];
  return new Response(
    new ReadableStream({
      pull(controller) {
        const next = pieces.shift();
        if (next === undefined) controller.error(new TypeError('network'));
        else controller.enqueue(new TextEncoder().encode(next));
      },
    }),
  );
}

function storeWith(follow: (runId: string) => Promise<Response>) {
  const stop = vi.fn(async () => undefined);
  const followed = vi.fn(follow);
  const store = createRunStore({
    containerOf: () => () => null,
    stop,
    follow: followed,
    followEveryMs: 1,
  });
  return { store, stop, followed };
}
const never = async () => {
  throw new Error('nobody should follow this run');
};

describe('a run on the screen', () => {
  it('shows what it says until it ends, and follows nothing after that', async () => {
    const { store, followed } = storeWith(never);
    await store.getState().start(async () => streaming(begun, text('Hel'), text('lo'), ended));
    expect(store.getState()).toMatchObject({
      busy: false,
      view: { runId: 'run-1', status: 'succeeded', text: 'Hello' },
    });
    expect(followed).not.toHaveBeenCalled();
  });

  it('is followed from its first event when the connection breaks, so that no text is shown twice', async () => {
    const { store, followed } = storeWith(async () => streaming(begun, text('Hel'), text('lo'), ended));
    await store.getState().start(async () => breaking(begun, text('Hel')));
    expect(followed).toHaveBeenCalledWith('run-1', expect.anything());
    expect(store.getState()).toMatchObject({
      failure: undefined,
      view: { status: 'succeeded', text: 'Hello' },
    });
  });

  it('is followed past a pause, until whoever it waits for has answered', async () => {
    let asked = 0;
    const { store } = storeWith(async () => {
      asked += 1;
      return asked === 1 ? streaming(begun, paused) : streaming(begun, paused, begun, ended);
    });
    await store.getState().start(async () => streaming(begun, paused));
    expect(asked).toBe(2);
    expect(store.getState().view?.status).toBe('succeeded');
  });

  it('says why it was not accepted, and shows no run then', async () => {
    const { store } = storeWith(never);
    const refusal = JSON.stringify({ code: 'invalid_param', message: 'text is required', status: 400 });
    await store.getState().start(async () => new Response(refusal, { status: 400 }));
    expect(store.getState()).toMatchObject({ busy: false, view: undefined });
    expect(store.getState().failure).toBeInstanceOf(ApiError);
  });

  it('is left for the next one, whose events alone are shown', async () => {
    const { store } = storeWith(never);
    const first = store
      .getState()
      .start(
        (signal) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      );
    await store.getState().start(async () => streaming(begun, text('second'), ended));
    await first;
    expect(store.getState()).toMatchObject({ busy: false, view: { text: 'second' } });
  });

  it('is stopped by its id', async () => {
    const { store, stop } = storeWith(never);
    let finish: () => void = () => undefined;
    const running = store.getState().start(
      async () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode(begun));
              finish = () => {
                controller.enqueue(new TextEncoder().encode(ended));
                controller.close();
              };
            },
          }),
        ),
    );
    await expect.poll(() => store.getState().view?.runId).toBe('run-1');
    store.getState().stop();
    expect(stop).toHaveBeenCalledWith('run-1');
    finish();
    await running;
  });
});
