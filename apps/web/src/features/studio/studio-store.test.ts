import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/error.ts';
import type { ModelConfig } from '../../api/model-config.ts';
import { createStudioStore } from './studio-store.ts';

const config = { pre_prompt: 'Be kind.' } as unknown as ModelConfig;
const draft = {
  model_config: config,
  hash: 'h0',
  updated_at: 1,
  published_at: null,
  published_by_name: null,
  dirty: false,
};

function setUp(save = vi.fn(async (_input: { hash: string }) => ({ hash: 'h1' }))) {
  const store = createStudioStore({ draft, save });
  return { store, save, state: () => store.getState() };
}

describe('the draft under work', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('keeps a burst of changes with one save, from the state it started at', async () => {
    const { store, save, state } = setUp();
    state().update({ pre_prompt: 'a' }, 'prompt');
    state().update({ pre_prompt: 'ab' }, 'prompt');
    expect(state().saveState).toBe('saving');
    await vi.runAllTimersAsync();
    expect(save).toHaveBeenCalledTimes(1);
    expect(save.mock.calls[0]?.[0]).toMatchObject({ hash: 'h0', model_config: { pre_prompt: 'ab' } });
    expect(store.getState().saveState).toBe('saved');
  });

  it('saves from the hash of the last save', async () => {
    const { save, state } = setUp();
    state().update({ pre_prompt: 'a' });
    await vi.runAllTimersAsync();
    state().update({ pre_prompt: 'b' });
    await vi.runAllTimersAsync();
    expect(save.mock.calls[1]?.[0]).toMatchObject({ hash: 'h1' });
  });

  it('saves once more when something changed during a save, never two at a time', async () => {
    let finish: (answer: { hash: string }) => void = () => undefined;
    const save = vi.fn(
      (_input: { hash: string }) =>
        new Promise<{ hash: string }>((resolve) => {
          finish = resolve;
        }),
    );
    const { state } = setUp(save);
    state().update({ pre_prompt: 'a' });
    await vi.advanceTimersByTimeAsync(1000);
    state().update({ pre_prompt: 'b' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(save).toHaveBeenCalledTimes(1);
    finish({ hash: 'h1' });
    await vi.advanceTimersByTimeAsync(0);
    expect(save.mock.calls[1]?.[0]).toMatchObject({ hash: 'h1', model_config: { pre_prompt: 'b' } });
  });

  it('undoes by steps, not by letters, and redoes', () => {
    const { state } = setUp();
    state().update({ pre_prompt: 'x' }, 'prompt');
    state().update({ pre_prompt: 'xy' }, 'prompt');
    state().update({ opening_statement: 'Hi' }, 'opener');
    state().undo();
    expect(state().config).toMatchObject({ pre_prompt: 'xy' });
    expect(state().config.opening_statement).toBeUndefined();
    state().undo();
    expect(state().config.pre_prompt).toBe('Be kind.');
    expect(state().canUndo).toBe(false);
    state().redo();
    expect(state().config.pre_prompt).toBe('xy');
  });

  it('stops saving in a conflict until the person decides', async () => {
    const save = vi.fn(async (input: { hash: string }) => {
      if (input.hash === 'h0') {
        throw new ApiError({ code: 'draft_model_config_not_sync', message: '', status: 400 });
      }
      return { hash: 'h9' };
    });
    const { state } = setUp(save);
    state().update({ pre_prompt: 'mine' });
    await vi.runAllTimersAsync();
    expect(state().saveState).toBe('conflict');
    state().update({ pre_prompt: 'mine too' });
    await vi.runAllTimersAsync();
    expect(save).toHaveBeenCalledTimes(1);
    await state().overwrite('h5');
    expect(save.mock.calls[1]?.[0]).toMatchObject({ hash: 'h5', model_config: { pre_prompt: 'mine too' } });
    expect(state().saveState).toBe('saved');
  });

  it('keeps the changes when the server cannot be reached and saves them on request', async () => {
    let reachable = false;
    const save = vi.fn(async (_input: { hash: string }) => {
      if (!reachable) throw new ApiError({ code: 'network', message: '', status: 0 });
      return { hash: 'h1' };
    });
    const { state } = setUp(save);
    state().update({ pre_prompt: 'kept' });
    await vi.runAllTimersAsync();
    expect(state()).toMatchObject({ saveState: 'offline', config: { pre_prompt: 'kept' } });
    reachable = true;
    await state().saveNow();
    expect(state().saveState).toBe('saved');
  });
});
