import { beforeEach, describe, expect, it } from 'vitest';
import { ModelError, type ModelErrorCode } from './errors.ts';
import { cooldownMs, createMemoryBalancerState, LoadBalancer, streamWithFallback } from './load-balancer.ts';

let now = 0;
let balancer: LoadBalancer;
const pool = { key: 'w/openai/llm/gpt', entries: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] };

beforeEach(() => {
  now = 1_000_000;
  balancer = new LoadBalancer({ state: createMemoryBalancerState(), nowMs: () => now });
});

function failing(calls: string[], failures: Record<string, ModelError | Error>) {
  return async function* call(entry: { id: string }): AsyncGenerator<string> {
    calls.push(entry.id);
    const failure = failures[entry.id];
    if (failure !== undefined) throw failure;
    yield `${entry.id}1`;
    yield `${entry.id}2`;
  };
}

async function collect(stream: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const item of stream) all.push(item);
  return all;
}

describe('a balanced pool', () => {
  it('gives every entry the same share, a repeated credential twice', async () => {
    const counts: Record<string, number> = {};
    const weighted = {
      key: 'k',
      entries: [
        { id: '1', credential: 'x' },
        { id: '2', credential: 'x' },
        { id: '3', credential: 'y' },
      ],
    };
    for (let call = 0; call < 300; call += 1) {
      const { credential } = (await balancer.order(weighted))[0]!;
      counts[credential] = (counts[credential] ?? 0) + 1;
    }
    expect(counts).toEqual({ x: 200, y: 100 });
  });

  it('is not advanced by looking at cooldowns', async () => {
    expect((await balancer.order(pool))[0]?.id).toBe('a');
    await balancer.cooldownLeftMs(pool.key, 'a');
    expect((await balancer.order(pool))[0]?.id).toBe('b');
  });

  it('tries the next entry while nothing was shown, and leaves the failed one out until it has cooled', async () => {
    const calls: string[] = [];
    const call = failing(calls, { a: new ModelError('rate_limit') });
    expect(await collect(balancer.stream(pool, call))).toEqual(['b1', 'b2']);
    expect(calls).toEqual(['a', 'b']);
    expect(await balancer.cooldownLeftMs(pool.key, 'a')).toBe(60_000);
    now += 59_999;
    expect((await balancer.order(pool)).map((entry) => entry.id)).not.toContain('a');
    now += 1;
    expect((await balancer.order(pool)).map((entry) => entry.id)).toContain('a');
  });

  it('does not try another entry after something was shown, but cools the failed one', async () => {
    const calls: string[] = [];
    const call = async function* call(entry: { id: string }) {
      calls.push(entry.id);
      yield 'shown';
      throw new ModelError('connection');
    };
    await expect(collect(balancer.stream(pool, call))).rejects.toMatchObject({ code: 'connection' });
    expect(calls).toEqual(['a']);
    expect(await balancer.cooldownLeftMs(pool.key, 'a')).toBe(10_000);
  });

  it('raises at once what another key would not cure', async () => {
    const calls: string[] = [];
    await expect(
      collect(balancer.stream(pool, failing(calls, { a: new ModelError('bad_request') }))),
    ).rejects.toMatchObject({ code: 'bad_request' });
    await expect(collect(balancer.stream(pool, failing(calls, { b: new TypeError('bug') })))).rejects.toThrow(
      'bug',
    );
    expect(calls).toEqual(['a', 'b']);
  });

  it('raises the last error when all entries failed, and says so when all are cooling down', async () => {
    const all = {
      a: new ModelError('rate_limit'),
      b: new ModelError('authorization'),
      c: new ModelError('server_unavailable'),
    };
    await expect(collect(balancer.stream(pool, failing([], all)))).rejects.toMatchObject({
      code: 'server_unavailable',
    });
    await expect(collect(balancer.stream(pool, failing([], {})))).rejects.toMatchObject({
      code: 'provider_not_initialized',
    });
  });

  it('serves plain calls by the same rules', async () => {
    const result = await balancer.run(pool, async (entry) => {
      if (entry.id === 'a') throw new ModelError('authorization');
      return entry.id;
    });
    expect(result).toBe('b');
  });

  it('closes the call when its reader leaves early', async () => {
    let closed = false;
    const call = async function* call() {
      try {
        yield 1;
        yield 2;
      } finally {
        closed = true;
      }
    };
    for await (const item of balancer.stream(pool, call)) if (item === 1) break;
    expect(closed).toBe(true);
  });
});

it.each<[ModelErrorCode, number | undefined, number | undefined]>([
  ['rate_limit', undefined, 60_000],
  ['rate_limit', 5_000, 5_000],
  ['rate_limit', 9_999_999, 600_000],
  ['authorization', undefined, 10_000],
  ['connection', undefined, 10_000],
  ['server_unavailable', undefined, 10_000],
  ['bad_request', undefined, undefined],
  ['invoke', undefined, undefined],
])('an error %s with a wait of %s cools for %s', (code, retryAfterMs, expected) => {
  expect(cooldownMs(new ModelError(code, { retryAfterMs }))).toBe(expected);
});

describe('a fallback chain', () => {
  const chain = pool.entries;

  it('keeps its order and goes on to the next model only before the first event', async () => {
    const failures: string[] = [];
    const note = (choice: { id: string }) => {
      failures.push(choice.id);
    };
    for (let call = 0; call < 2; call += 1) {
      const down = failing([], { a: new ModelError('server_unavailable') });
      expect(await collect(streamWithFallback(chain, down, note))).toEqual(['b1', 'b2']);
    }
    expect(failures).toEqual(['a', 'a']);
  });

  it('does not hide a mistake of the request', async () => {
    const wrong = failing([], { a: new ModelError('bad_request') });
    await expect(collect(streamWithFallback(chain, wrong))).rejects.toMatchObject({ code: 'bad_request' });
  });
});
