import { describe, expect, it } from 'vitest';
import { createLocalBus } from '../bus/bus.ts';
import { RunRegistry } from './run-registry.ts';

const until = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

describe('RunRegistry', () => {
  it('counts the runs of an app and those about to begin', async () => {
    const registry = new RunRegistry<string>(createLocalBus());
    const giveBack = registry.reserve('app');
    registry.start({ id: 'r1', appId: 'app', work: (run) => until(run.signal) });
    expect(registry.countOf('app')).toBe(2);
    giveBack();
    expect(registry.countOf('app')).toBe(1);
    await registry.stop('r1');
    expect(await registry.drain(1_000)).toBe(0);
    expect([registry.countOf('app'), registry.size]).toEqual([0, 0]);
  });

  it('stops a run that another process carries out, through the bus', async () => {
    const bus = createLocalBus();
    const [here, elsewhere] = [new RunRegistry<string>(bus), new RunRegistry<string>(bus)];
    const run = elsewhere.start({ id: 'r1', appId: 'app', work: (live) => until(live.signal) });
    await here.stop('unknown');
    expect(run.signal.aborted).toBe(false);
    await here.stop('r1');
    expect(run.signal.reason).toBe('stopped-by-user');
  });

  it('shows all events to those who come late, and ends them', async () => {
    const registry = new RunRegistry<string>(createLocalBus());
    let speak: () => void = () => {};
    const run = registry.start({
      id: 'r1',
      appId: 'app',
      work: async (live) => {
        live.publish('a');
        await new Promise<void>((resolve) => (speak = resolve));
        live.publish('b');
      },
    });
    const early: string[] = [];
    const followed = (async () => {
      for await (const batch of run.follow()) early.push(...batch);
    })();
    speak();
    await followed;
    const late: string[] = [];
    for await (const batch of run.follow()) late.push(...batch);
    expect([early, late]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(registry.find('r1')).toBeUndefined();
  });

  it('hands out what was said within a turn of the event loop in one batch, and lets followers leave', async () => {
    const registry = new RunRegistry<string>(createLocalBus());
    let finish: () => void = () => {};
    const run = registry.start({
      id: 'r1',
      appId: 'app',
      work: () => new Promise<void>((resolve) => (finish = resolve)),
    });
    const follower = run.follow();
    const first = follower.next();
    run.publish('a');
    await Promise.resolve();
    run.publish('b');
    expect(await first).toEqual({ value: ['a', 'b'], done: false });
    await follower.return?.();
    run.publish('c');
    expect(await follower.next()).toEqual({ value: undefined, done: true });
    finish();
    await registry.drain(1_000);
  });

  it('does not wait for ever at the end', async () => {
    const registry = new RunRegistry<string>(createLocalBus());
    registry.start({ id: 'r1', appId: 'app', work: (run) => until(run.signal) });
    expect(await registry.drain(1)).toBe(1);
    registry.stopAll('lease-lost');
    expect(await registry.drain(1_000)).toBe(0);
  });
});
