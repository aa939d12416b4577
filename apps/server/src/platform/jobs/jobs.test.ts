import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTestDatabase, type TestDatabase } from '../database/testing.ts';
import { defineJob, type Jobs } from './job.ts';
import { createJobs } from './jobs.ts';

let database: TestDatabase;
const opened: Jobs[] = [];

beforeAll(async () => {
  database = await openTestDatabase({ migrated: false });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((jobs) => jobs.stop()));
});
afterAll(() => database.close());

function open(options: { works?: boolean } = {}): Jobs {
  const jobs = createJobs({ connection: database.connection, log: pino({ level: 'silent' }), ...options });
  opened.push(jobs);
  return jobs;
}

let names = 0;
function greeting(options: { retry?: { limit: number; firstDelaySeconds: number } } = {}) {
  names += 1;
  return defineJob({ name: `greeting-${names}`, payload: z.object({ text: z.string() }), ...options });
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await pause(10);
  }
}

describe('createJobs', () => {
  it('does what was sent, in another process too, without waiting for a poll', async () => {
    const job = greeting();
    const seen: string[] = [];
    const worker = open();
    worker.work(job, async ({ text }) => {
      seen.push(text);
    });
    await worker.start();
    const sender = open({ works: false });
    const startedMs = Date.now();
    await sender.send(job, { text: 'hello' });
    await until(() => seen.length === 1);
    expect(seen).toEqual(['hello']);
    // A worker that only polled would take up to 5 s.
    expect(Date.now() - startedMs).toBeLessThan(4_000);
  });

  it('works a burst off without pauses', async () => {
    const job = greeting();
    let done = 0;
    const jobs = open();
    jobs.work(job, async () => {
      done += 1;
    });
    await jobs.start();
    await Promise.all(Array.from({ length: 20 }, (_, index) => jobs.send(job, { text: String(index) })));
    const startedMs = Date.now();
    await until(() => done === 20);
    // One job per poll would take 100 s.
    expect(Date.now() - startedMs).toBeLessThan(10_000);
  });

  it('keeps jobs until somebody works', async () => {
    const job = greeting();
    const sender = open({ works: false });
    await sender.send(job, { text: 'later' });
    await sender.stop();
    const seen: string[] = [];
    const worker = open();
    worker.work(job, async ({ text }) => {
      seen.push(text);
    });
    await worker.start();
    await until(() => seen.length === 1);
  });

  it('tries a failed job again', async () => {
    const job = greeting({ retry: { limit: 3, firstDelaySeconds: 1 } });
    let tries = 0;
    const jobs = open();
    jobs.work(job, async () => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
    });
    await jobs.start();
    await jobs.send(job, { text: 'again' });
    await until(() => tries === 2);
  }, 40_000);

  it('refuses to send what the job cannot read', async () => {
    const jobs = open();
    // @ts-expect-error the type says so too
    await expect(jobs.send(greeting(), { text: 7 })).rejects.toThrow();
  });

  it('drops what another release sent and nobody understands, and goes on', async () => {
    const job = greeting();
    const older = { ...job, payload: z.object({ words: z.string() }) };
    const seen: string[] = [];
    const jobs = open();
    jobs.work(job, async ({ text }) => {
      seen.push(text);
    });
    await jobs.start();
    await jobs.send(older, { words: 'hello' });
    await jobs.send(job, { text: 'hello' });
    await until(() => seen.length === 1);
  });

  it('waits for the job at work when it stops, and takes no more', async () => {
    const job = greeting();
    let ended = false;
    let begun = false;
    const jobs = open();
    jobs.work(job, async () => {
      begun = true;
      await pause(300);
      ended = true;
    });
    await jobs.start();
    await jobs.send(job, { text: 'slow' });
    await until(() => begun);
    await jobs.stop();
    expect(ended).toBe(true);
    await expect(jobs.send(job, { text: 'late' })).rejects.toThrow('has been stopped');
  });
});
