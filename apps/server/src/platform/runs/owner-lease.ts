import { hostname } from 'node:os';
import type { Pool } from 'pg';
import type { Logger } from 'pino';

/** How long a silent process keeps its runs. */
export const leaseMs = 3_000;
const heartbeatMs = 1_000;

/**
 * This process's lease on all of its runs: one row, renewed every second. When it cannot be renewed in time the
 * process must assume that others have taken its runs over, and stops them.
 */
export class OwnerLease {
  readonly ownerId: string;
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #onLost: () => void;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #renewedAtMs = 0;
  #lost = false;

  constructor(options: { ownerId: string; pool: Pool; log: Logger; onLost: () => void }) {
    this.ownerId = options.ownerId;
    this.#pool = options.pool;
    this.#log = options.log;
    this.#onLost = options.onLost;
  }

  /**
   * Takes the lease and keeps renewing it. `alone` says that no other process can be running on this database (the
   * embedded one, whose data folder is locked): what earlier processes left is then free at once.
   */
  async start(options: { alone: boolean }): Promise<void> {
    if (options.alone) await this.#pool.query('delete from run_owners');
    await this.#renew();
    this.#timer = setInterval(() => {
      this.#renewing = this.#renew().catch((error) => this.#failed(error));
    }, heartbeatMs);
  }

  /** Gives the lease back; what this process still owned can be taken over at once. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    await this.#pool.query('delete from run_owners where id = $1', [this.ownerId]);
  }

  async #renew(): Promise<void> {
    const startedMs = Date.now();
    await this.#pool.query(
      `insert into run_owners (id, host, lease_until) values ($1, $2, now() + $3 * interval '1 millisecond')
       on conflict (id) do update set lease_until = excluded.lease_until`,
      [this.ownerId, `${hostname()}:${process.pid}`, leaseMs],
    );
    this.#renewedAtMs = startedMs;
    this.#lost = false;
  }

  #failed(error: unknown): void {
    this.#log.warn({ err: error }, 'the lease on running turns could not be renewed');
    if (this.#lost || Date.now() - this.#renewedAtMs < leaseMs) return;
    this.#lost = true;
    this.#onLost();
  }
}
