import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { interruptedMessage } from './turn-writer.ts';

const sweepEveryMs = 1_000;

/**
 * Gives turns whose process died a final state: they keep the text that had been logged, at most a second less than
 * their client saw and nothing that moderation had taken back, and say that they were interrupted. Every process sweeps; the row locks decide who is first, and
 * the raised fence refuses whatever the dead process might still send.
 */
export class TurnTakeOver {
  readonly #pool: Pool;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: { pool: Pool; log: Logger }) {
    this.#pool = options.pool;
    this.#log = options.log;
  }

  /** Sweeps now and every second. */
  start(): void {
    const sweep = () => {
      this.#sweeping = this.sweep().then(
        (count) => {
          if (count > 0) this.#log.warn({ count }, 'interrupted turns were given a final state');
        },
        (error) => this.#log.error({ err: error }, 'looking for interrupted turns failed'),
      );
    };
    sweep();
    this.#timer = setInterval(sweep, sweepEveryMs);
  }

  /** Stops sweeping. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  /** One sweep; answers how many turns were ended. */
  async sweep(): Promise<number> {
    const { rowCount } = await this.#pool.query({
      name: 'turns-take-over',
      text: sweepStatement,
      values: [interruptedMessage],
    });
    return rowCount ?? 0;
  }
}

const sweepStatement = `
with dead as (
  update runs set status = 'failed', error = $1, finished_at = now(), owner_id = null, fence = fence + 1
  where id in (
    select r.id from runs r
    where r.status = 'running' and r.kind in ('chat', 'completion')
      and not exists (select 1 from run_owners o where o.id = r.owner_id and o.lease_until > now())
    for update skip locked)
  returning id, message_id
), logged as (
  select l.run_id, string_agg(l.payload ->> 'text', '' order by l.sequence) as answer
  from run_log l
  where l.run_id in (select id from dead) and l.kind in ('text', 'replaced')
    and l.sequence >= coalesce(
      (select max(r.sequence) from run_log r where r.run_id = l.run_id and r.kind = 'replaced'), 0)
  group by l.run_id
)
update messages m set status = 'error', error = $1, answer = coalesce(logged.answer, ''), updated_at = now()
from dead left join logged on logged.run_id = dead.id
where m.id = dead.message_id`;
