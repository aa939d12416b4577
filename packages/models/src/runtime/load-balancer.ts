import { ModelError } from './errors.ts';

/** Where the turn counters and cooldowns of balancing live; shared between processes where there are several. */
export interface BalancerState {
  /** Adds one to a pool's counter and returns what it was before. */
  next(pool: string): number | Promise<number>;
  /** Keeps an entry out until a time. */
  cool(pool: string, entry: string, untilMs: number): void | Promise<void>;
  /** Until when an entry is kept out; 0 or a time of the past when it is not. */
  coolUntil(pool: string, entry: string): number | Promise<number>;
}

const counterLimit = 10_000_000;

/** Balancing state of one process. */
export function createMemoryBalancerState(): BalancerState {
  const counters = new Map<string, number>();
  const cooldowns = new Map<string, number>();
  const key = (pool: string, entry: string) => `${pool}\n${entry}`;
  return {
    next: (pool) => {
      const turn = counters.get(pool) ?? 0;
      counters.set(pool, (turn + 1) % counterLimit);
      return turn;
    },
    cool: (pool, entry, untilMs) => {
      cooldowns.set(key(pool, entry), untilMs);
    },
    coolUntil: (pool, entry) => cooldowns.get(key(pool, entry)) ?? 0,
  };
}

/** Cooldown of an entry after a rate limit without a stated wait. */
const rateLimitCooldownMs = 60_000;
const failureCooldownMs = 10_000;
const longestCooldownMs = 600_000;

/** How long an entry is kept out after an error; undefined for errors that another entry would not cure. */
export function cooldownMs(error: unknown): number | undefined {
  if (!(error instanceof ModelError)) return undefined;
  switch (error.code) {
    case 'rate_limit':
      return Math.min(longestCooldownMs, error.retryAfterMs ?? rateLimitCooldownMs);
    case 'server_unavailable':
      return Math.min(longestCooldownMs, error.retryAfterMs ?? failureCooldownMs);
    case 'authorization':
    case 'connection':
      return failureCooldownMs;
    default:
      return undefined;
  }
}

/** A pool of credentials for one model. */
export interface BalancedPool<Entry extends { id: string }> {
  /** Names workspace, provider, model type and model. */
  key: string;
  /** Usable entries in their order; the same credential may stand there several times under different ids. */
  entries: readonly Entry[];
}

/** Spreads calls over a pool, one entry after the other, leaving out those that failed lately. */
export class LoadBalancer {
  readonly #state: BalancerState;
  readonly #nowMs: () => number;

  constructor(options: { state: BalancerState; nowMs: () => number }) {
    this.#state = options.state;
    this.#nowMs = options.nowMs;
  }

  /** The entries to try for one call, in order. Advances the pool's turn: to be asked for real calls only. */
  async order<Entry extends { id: string }>(pool: BalancedPool<Entry>): Promise<Entry[]> {
    const { entries, key } = pool;
    if (entries.length === 0) return [];
    const turn = (await this.#state.next(key)) % entries.length;
    const rotated = [...entries.slice(turn), ...entries.slice(0, turn)];
    const waits = await Promise.all(rotated.map((entry) => this.cooldownLeftMs(key, entry.id)));
    return rotated.filter((_, index) => waits[index] === 0);
  }

  /** Milliseconds that an entry is still kept out; 0 when it is not. */
  async cooldownLeftMs(pool: string, entry: string): Promise<number> {
    return Math.max(0, (await this.#state.coolUntil(pool, entry)) - this.#nowMs());
  }

  /**
   * Streams one call over the pool. An entry that fails before its first event cools down and the next one is tried;
   * after the first event a failure is the call's failure, because something was shown already.
   *
   * @throws ModelError of the last entry, or `provider_not_initialized` when all of them are cooling down
   */
  async *stream<Entry extends { id: string }, Event>(
    pool: BalancedPool<Entry>,
    call: (entry: Entry) => AsyncIterable<Event>,
  ): AsyncGenerator<Event, void, undefined> {
    const usable = await this.order(pool);
    if (usable.length === 0) {
      throw new ModelError('provider_not_initialized', {
        upstream: 'all credentials of the load balancing pool are cooling down',
      });
    }
    yield* streamWithFallback(usable, call, (entry, error) => this.#note(pool.key, entry.id, error));
  }

  /** Runs one call over the pool, with the same rules. */
  async run<Entry extends { id: string }, Result>(
    pool: BalancedPool<Entry>,
    call: (entry: Entry) => Promise<Result>,
  ): Promise<Result> {
    const once = async function* once(entry: Entry) {
      yield await call(entry);
    };
    for await (const result of this.stream(pool, once)) return result;
    throw new ModelError('invoke', { upstream: 'the call ended without a result' });
  }

  async #note(pool: string, entry: string, error: unknown): Promise<void> {
    const pauseMs = cooldownMs(error);
    if (pauseMs !== undefined) await this.#state.cool(pool, entry, this.#nowMs() + pauseMs);
  }
}

/**
 * Streams a call by the first choice that answers: the next one is tried while nothing was shown and the failure is
 * one that another credential or model may not have (connection, server, rate, authorization).
 *
 * @param choices in the order of preference; credentials of a pool, or models of a fallback chain
 * @param onFailure is told of every failure, also of one in the middle of an answer
 * @throws the last choice's error
 */
export async function* streamWithFallback<Choice, Event>(
  choices: readonly Choice[],
  call: (choice: Choice) => AsyncIterable<Event>,
  onFailure: (choice: Choice, error: unknown) => void | Promise<void> = () => undefined,
): AsyncGenerator<Event, void, undefined> {
  for (const [position, choice] of choices.entries()) {
    const events = call(choice)[Symbol.asyncIterator]();
    let first: IteratorResult<Event, unknown>;
    try {
      first = await events.next();
    } catch (error) {
      await onFailure(choice, error);
      if (cooldownMs(error) === undefined || position === choices.length - 1) throw error;
      continue;
    }
    yield* resume({ first, events, onError: (error) => onFailure(choice, error) });
    return;
  }
}

async function* resume<Event>(stream: {
  first: IteratorResult<Event, unknown>;
  events: AsyncIterator<Event, unknown>;
  onError: (error: unknown) => void | Promise<void>;
}): AsyncGenerator<Event, void, undefined> {
  const { first, events, onError } = stream;
  try {
    for (let next = first; next.done !== true; next = await events.next()) yield next.value;
  } catch (error) {
    await onError(error);
    throw error;
  } finally {
    // A caller that leaves early closes the call, and with it the socket.
    await events.return?.();
  }
}
