import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database/testing.ts';
import type { Bus } from './bus.ts';
import { createPostgresBus } from './postgres-bus.ts';

let database: TestDatabase;
const opened: Bus[] = [];

beforeAll(async () => {
  database = await openTestDatabase({ migrated: false });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
});
afterAll(() => database.close());

/** The bus of one process. */
async function open(): Promise<Bus> {
  const bus = await createPostgresBus({
    pool: database.pool,
    connect: () => new pg.Client({ ...database.connection, application_name: 'bus' }),
    log: pino({ level: 'silent' }),
  });
  opened.push(bus);
  return bus;
}

/** What a process hears on a subject. */
function heardBy(bus: Bus, subject: string): string[] {
  const heard: string[] = [];
  bus.subscribe(subject, (message) => heard.push(message));
  return heard;
}

describe('the bus over PostgreSQL', () => {
  it('tells every process, the sender included, in order, and only who asked for the subject', async () => {
    const [one, two] = [await open(), await open()];
    const [here, there, other] = [heardBy(one, 'stop'), heardBy(two, 'stop'), heardBy(two, 'else')];
    const sent = Array.from({ length: 50 }, (_, index) => `run-${index}`);
    await Promise.all(sent.map((message) => one.publish('stop', message)));
    await expect.poll(() => there.length).toBe(sent.length);
    await expect.poll(() => here.length).toBe(sent.length);
    expect(there).toEqual(sent);
    expect(here).toEqual(sent);
    expect(other).toEqual([]);
  });

  it('carries many large messages of one moment', async () => {
    const [one, two] = [await open(), await open()];
    const heard = heardBy(two, 'large');
    const sent = Array.from({ length: 12 }, (_, index) => `${index}:${'é'.repeat(3_000)}`);
    await Promise.all(sent.map((message) => one.publish('large', message)));
    await expect.poll(() => heard.length).toBe(sent.length);
    expect(heard).toEqual(sent);
  });

  it('tells nothing to who has left', async () => {
    const bus = await open();
    const heard: string[] = [];
    const leave = bus.subscribe('stop', (message) => heard.push(message));
    const stayed = heardBy(bus, 'stop');
    leave();
    await bus.publish('stop', 'x');
    await expect.poll(() => stayed).toEqual(['x']);
    expect(heard).toEqual([]);
  });

  it('listens again after it lost its connection', async () => {
    const [one, two] = [await open(), await open()];
    const heard = heardBy(two, 'stop');
    await database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bus'",
    );
    await expect
      .poll(
        async () => {
          await one.publish('stop', 'again');
          return heard.length;
        },
        { timeout: 8_000, interval: 200 },
      )
      .toBeGreaterThan(0);
  }, 15_000);
});
