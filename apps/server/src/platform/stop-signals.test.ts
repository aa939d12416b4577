import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { listenForStop } from './stop-signals.ts';

class FakeProcess extends EventEmitter {
  readonly channel = { unref: vi.fn() };
}

function listen(): {
  source: FakeProcess;
  impatient: ReturnType<typeof vi.fn>;
  clock: { ms: number };
  signal: AbortSignal;
  dispose(): void;
} {
  const source = new FakeProcess();
  const impatient = vi.fn();
  const clock = { ms: 5_000 };
  const notice = listenForStop({ source, onImpatience: impatient, now: () => clock.ms });
  return { source, impatient, clock, ...notice };
}

describe('listenForStop', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('stops at %s and says so', (name) => {
    const { source, signal } = listen();
    source.emit(name);
    expect(signal.reason).toEqual(new Error(`stopped by ${name}`));
  });

  it('takes signals within a second for one', () => {
    const { source, impatient, clock } = listen();
    source.emit('SIGINT');
    clock.ms += 900;
    source.emit('SIGTERM');
    expect(impatient).not.toHaveBeenCalled();
    clock.ms += 200;
    source.emit('SIGINT');
    expect(impatient).toHaveBeenCalledOnce();
  });

  it('stops when the launcher is gone, without being kept alive by it', () => {
    const { source, signal, impatient } = listen();
    expect(source.channel.unref).toHaveBeenCalledOnce();
    source.emit('disconnect');
    expect(signal.aborted).toBe(true);
    expect(impatient).not.toHaveBeenCalled();
  });

  it('listens no longer when disposed', () => {
    const { source, signal, dispose } = listen();
    dispose();
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) source.emit(name);
    expect(signal.aborted).toBe(false);
    expect(source.eventNames()).toEqual([]);
  });
});
