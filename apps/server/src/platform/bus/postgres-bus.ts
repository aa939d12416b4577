import type pg from 'pg';
import type { Logger } from 'pino';
import { type Bus, Listeners } from './bus.ts';

const channel = 'trellis_bus';
/** Messages are gathered this long: each NOTIFY takes a lock that all commits with notifications share. */
const coalesceMs = 5;
const reconnectMs = 1_000;
/** PostgreSQL refuses payloads of 8,000 bytes and more. */
const maxPayloadBytes = 7_900;

/**
 * The bus over PostgreSQL's LISTEN and NOTIFY, for installations with several processes. It has its own connection for
 * listening, and notifies outside all write transactions, several messages at a time.
 */
export async function createPostgresBus(options: {
  pool: pg.Pool;
  connect: () => pg.Client;
  log: Logger;
}): Promise<Bus> {
  const { pool, log } = options;
  const listeners = new Listeners();
  let outgoing: { subject: string; message: string }[] = [];
  let flushing: Promise<void> | undefined;
  let closed = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function listen(): Promise<void> {
    const next = options.connect();
    next.on('notification', (notification) => {
      if (notification.payload === undefined) return;
      for (const { subject, message } of JSON.parse(notification.payload) as {
        subject: string;
        message: string;
      }[]) {
        listeners.deliver(subject, message);
      }
    });
    next.on('error', (error) => {
      log.warn({ err: error }, 'the message bus lost its connection and will reconnect');
      void next.end().catch(() => undefined);
      if (!closed) retry = setTimeout(() => void listen().catch(onListenFailed), reconnectMs);
    });
    await next.connect();
    await next.query(`listen ${channel}`);
    client = next;
  }

  function onListenFailed(error: unknown): void {
    log.warn({ err: error }, 'the message bus cannot connect yet');
    if (!closed) retry = setTimeout(() => void listen().catch(onListenFailed), reconnectMs);
  }

  async function flush(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, coalesceMs));
    const batch = outgoing;
    outgoing = [];
    flushing = undefined;
    for (const payload of payloadsOf(batch)) await pool.query('select pg_notify($1, $2)', [channel, payload]);
  }

  await listen();
  return {
    publish(subject, message) {
      outgoing.push({ subject, message });
      flushing ??= flush();
      return flushing;
    },
    subscribe: (subject, listener) => listeners.add(subject, listener),
    async close() {
      closed = true;
      clearTimeout(retry);
      await flushing?.catch(() => undefined);
      await client?.end();
    },
  };
}

/** As few payloads as hold all messages, in order. */
function payloadsOf(batch: readonly { subject: string; message: string }[]): string[] {
  const payloads: string[] = [];
  let items: string[] = [];
  let bytes = 2;
  for (const entry of batch) {
    const item = JSON.stringify(entry);
    const size = Buffer.byteLength(item) + 1;
    if (items.length > 0 && bytes + size > maxPayloadBytes) {
      payloads.push(`[${items.join(',')}]`);
      items = [];
      bytes = 2;
    }
    items.push(item);
    bytes += size;
  }
  if (items.length > 0) payloads.push(`[${items.join(',')}]`);
  return payloads;
}
