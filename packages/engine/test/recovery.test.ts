import { describe, expect, test } from 'vitest';
import {
  type EngineEvent,
  executeRun,
  plan,
  type RunLog,
  type RunRecord,
  resumeRun,
  retryDelayMs,
  stopRun,
} from '../src/index.ts';
import {
  FakeClock,
  FakeHttp,
  fakePorts,
  MemoryLog,
  shownAnswer,
  testGraph,
  timeline,
} from '../src/testing/index.ts';
import { code, end, FakeModels, fakeCode, gate, llm, llmFor, template } from './conformance/support.ts';

const run = { runId: 'run-1', workflowId: 'w', inputs: {}, system: {}, conversation: [] };
const answering = plan(
  testGraph(
    { start: { type: 'start' }, llm: llm('go'), answer: { type: 'answer', answer: 'A: {{#llm.text#}}' } },
    ['start -> llm -> answer'],
  ),
);

/** Runs until `stop` is true of an event, then gives the run up as a dying process would. */
async function runUntil(
  options: Omit<Parameters<typeof executeRun>[0], 'log' | 'run'>,
  stop: (event: EngineEvent) => boolean,
) {
  const log = new MemoryLog();
  const events: EngineEvent[] = [];
  const process = new AbortController();
  try {
    for await (const event of executeRun({ ...options, log, run, signal: process.signal })) {
      events.push(event);
      if (stop(event)) process.abort(new Error('killed'));
    }
  } catch (error) {
    if (!process.signal.aborted) throw error;
  }
  return { events, records: log.records() };
}

describe('A run whose process dies', () => {
  test('runs the interrupted node again with the same key, after replacing the text it had shown', async () => {
    let words = 0;
    const models = new FakeModels(
      () => 'one two three',
      () => {
        words += 1;
        return words === 3 ? new Promise(() => undefined) : Promise.resolve();
      },
    );
    const first = await runUntil(
      { plan: answering, ports: fakePorts({ models }) },
      (event) => event.event === 'text_chunk' && event.data.text === 'two ',
    );
    expect(shownAnswer(first.events)).toBe('A: one two ');
    expect(first.events.some(({ event }) => event === 'workflow_finished')).toBe(false);
    const log = new MemoryLog();
    const events = await Array.fromAsync(
      resumeRun({ plan: answering, ports: fakePorts({ models }), log, records: first.records }),
    );
    expect(timeline(events)).toEqual([
      '=A: ',
      '~one ',
      '~two ',
      '~three',
      '~',
      'F>llm',
      'S>answer',
      'F>answer',
      'OK',
    ]);
    expect(models.requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['run-1:llm', 'run-1:llm']);
    expect(shownAnswer([...first.events, ...events])).toBe('A: one two three');
  });

  test('sends web requests again with the same key in a header, also inside an iteration', async () => {
    const requesting = plan(
      testGraph(
        {
          start: { type: 'start' },
          list: code('list', {}, { items: { type: 'array[number]' } }),
          iter: {
            type: 'iteration',
            start_node_id: 'istart',
            iterator_selector: ['list', 'items'],
            output_selector: ['call', 'body'],
          },
          istart: { type: 'iteration-start', in: 'iter' },
          call: { type: 'http-request', url: 'https://x.example', in: 'iter' },
          end: end({ out: ['iter', 'output'] }),
        },
        ['start -> list -> iter -> end', 'istart -> call'],
      ),
    );
    const keys: (string | undefined)[] = [];
    const http = new FakeHttp(({ headers }) => {
      keys.push(headers.find(([name]) => name === 'Idempotency-Key')?.[1]);
      return { body: 'ok', headers: { 'content-type': 'text/plain' } };
    });
    const ports = fakePorts({ http, code: fakeCode({ list: () => ({ items: [1, 2] }) }) });
    const first = await runUntil({ plan: requesting, ports }, (event) => {
      return event.event === 'iteration_next' && event.data.index === 1;
    });
    const records = first.records.slice(
      0,
      first.records.findLastIndex(({ type }) => type === 'node-started') + 1,
    );
    keys.length = 0;
    await Array.fromAsync(resumeRun({ plan: requesting, ports, log: new MemoryLog(), records }));
    expect(keys).toEqual(['run-1:call:iter:1']);
  });

  test('waits for what is left of a retry', async () => {
    const clock = new FakeClock({ longestMs: 600_000 });
    const retried = plan(
      testGraph(
        {
          start: { type: 'start' },
          llm: llm('go', { retry_config: { retry_enabled: true, max_retries: 1, retry_interval: 300_000 } }),
          end: end({ text: ['llm', 'text'] }),
        },
        ['start -> llm -> end'],
      ),
    );
    const models = new FakeModels((_request, call) => (call === 0 ? new Error('no') : 'yes'));
    const ports = fakePorts({ clock, models });
    const first = await runUntil({ plan: retried, ports }, ({ event }) => event === 'node_retry');
    const log = new MemoryLog();
    const events = await Array.fromAsync(resumeRun({ plan: retried, ports, log, records: first.records }));
    expect(events.at(-1)).toMatchObject({ data: { outputs: { text: 'yes' }, status: 'partial-succeeded' } });
    const [started] = first.records;
    const second = log.records().find(({ type }) => type === 'node-started');
    expect((second?.at ?? 0) - (started?.at ?? 0)).toBe(300_000);
  });

  test('is not charged for the time in which nobody ran it', async () => {
    const clock = new FakeClock();
    const models = llmFor({ go: 'a b' });
    const options = { plan: answering, ports: fakePorts({ clock, models }), limits: { maxTimeMs: 10_000 } };
    const first = await runUntil(options, ({ event }) => event === 'text_chunk');
    clock.advance(3_600_000);
    const resumed = { ...options, log: new MemoryLog(), records: first.records };
    const events = await Array.fromAsync(resumeRun(resumed));
    expect(events.at(-1)).toMatchObject({ data: { status: 'succeeded', elapsed_time: 0 } });
  });

  test('tells its end once more when it had ended, and events of records nobody was told of', async () => {
    const log = new MemoryLog();
    const ports = fakePorts({ models: llmFor({ go: 'a' }) });
    const all = await Array.fromAsync(executeRun({ plan: answering, log, ports, run }));
    const records = log.records();
    const resume = (toldRecords?: number) =>
      Array.fromAsync(
        resumeRun({
          plan: answering,
          ports,
          log: new MemoryLog(),
          records,
          ...(toldRecords === undefined ? {} : { toldRecords }),
        }),
      );
    expect(timeline(await resume())).toEqual(['OK']);
    expect(timeline(await resume(records.length - 1))).toEqual(['F>answer', 'OK']);
    const retold = timeline(await resume(0))
      .join('')
      .replaceAll('~', '');
    expect(retold).toBe(timeline(all).join('').replaceAll('~', ''));
  });
});

describe('The log', () => {
  /** A log whose flushes are let through by hand. */
  class GatedLog implements RunLog {
    readonly records: RunRecord[] = [];
    readonly gate = gate();
    append(record: RunRecord): void {
      this.records.push(record);
    }
    flush(): Promise<void> {
      return this.gate.promise;
    }
  }

  test('is durable before a node with side effects starts, while others go on', async () => {
    const graph = plan(
      testGraph(
        {
          start: { type: 'start' },
          llm: llm('go'),
          pure: template('t'),
          end: end({ t: ['pure', 'output'] }),
        },
        ['start -> llm -> end', 'start -> pure -> end'],
      ),
    );
    const models = llmFor({ go: 'a' });
    const log = new GatedLog();
    const running = Array.fromAsync(executeRun({ plan: graph, log, ports: fakePorts({ models }), run }));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(models.requests).toEqual([]);
    expect(log.records.some((record) => record.type === 'node-finished' && record.node === 'pure')).toBe(
      true,
    );
    log.gate.open();
    expect((await running).at(-1)).toMatchObject({ data: { status: 'succeeded' } });
  });

  test('that refuses its writer ends the run here, without an end for clients', async () => {
    const refusing: RunLog = {
      append: () => undefined,
      flush: () => Promise.reject(new Error('fenced off')),
    };
    const events: EngineEvent[] = [];
    const consume = async () => {
      const ports = fakePorts({ models: llmFor({ go: 'a' }) });
      for await (const event of executeRun({ plan: answering, log: refusing, ports, run }))
        events.push(event);
    };
    await expect(consume()).rejects.toThrow('fenced off');
    expect(events.some(({ event }) => event === 'workflow_finished')).toBe(false);
  });

  test('keeps text that was shown once only: as the output of its node', async () => {
    const log = new MemoryLog();
    const models = llmFor({ go: 'one two' });
    await Array.fromAsync(executeRun({ plan: answering, log, ports: fakePorts({ models }), run }));
    const finished = log.records().find((record) => record.type === 'node-finished' && record.node === 'llm');
    expect(finished).toMatchObject({ streams: [{ name: 'text' }] });
    expect(JSON.stringify(finished).match(/one two/g)).toHaveLength(1);
  });
});

test('a run that waits for a person can be stopped without running anything', async () => {
  const { FakeForms } = await import('./conformance/support.ts');
  const forms = new FakeForms();
  const waiting = plan(
    testGraph(
      { start: { type: 'start' }, human: { type: 'human-input', user_actions: [{ id: 'ok', title: 'OK' }] } },
      ['start -> human'],
    ),
  );
  const log = new MemoryLog();
  const options = { plan: waiting, log, ports: fakePorts({ forms }) };
  await Array.fromAsync(executeRun({ ...options, run }));
  const events = await Array.fromAsync(stopRun({ ...options, records: log.records() }, 'It took too long.'));
  expect(events).toMatchObject([
    {
      event: 'node_finished',
      internal: true,
      data: { node_id: 'human', status: 'failed', error: 'It took too long.' },
    },
    { event: 'workflow_finished', data: { status: 'stopped', error: 'It took too long.' } },
  ]);
  expect(forms.opened).toEqual(['human']);
  const again = await Array.fromAsync(resumeRun({ ...options, records: log.records() }));
  expect(timeline(again)).toEqual(['STOP']);
});

test('retries wait a fixed time, or twice as long each time up to a limit, less a random share', () => {
  const fixed = { maxRetries: 9, intervalMs: 100, backoff: 'fixed', maxIntervalMs: 1000, jitter: 0 } as const;
  expect([1, 2, 5].map((index) => retryDelayMs(fixed, index, 0.5))).toEqual([100, 100, 100]);
  const growing = { ...fixed, backoff: 'exponential' } as const;
  expect([1, 2, 3, 9].map((index) => retryDelayMs(growing, index, 0.5))).toEqual([100, 200, 400, 1000]);
  expect(retryDelayMs({ ...growing, jitter: 0.5 }, 2, 0.5)).toBe(150);
});

test('a run pauses before a breakpoint and passes it when resumed', async () => {
  const graph = plan(
    testGraph({ start: { type: 'start' }, a: template('A'), b: template('B'), end: end({}) }, [
      'start -> a -> b -> end',
    ]),
  );
  const log = new MemoryLog();
  const options = { plan: graph, log, ports: fakePorts(), breakpoints: new Set(['a', 'b']) };
  const first = await Array.fromAsync(executeRun({ ...options, run }));
  expect(timeline(first)).toEqual(['RUN+', 'S>start', 'F>start', 'PAUSE']);
  const second = await Array.fromAsync(resumeRun({ ...options, records: log.records() }));
  expect(timeline(second)).toEqual(['RUN+(resumption)', 'S>a', 'F>a', 'PAUSE']);
  const third = await Array.fromAsync(resumeRun({ ...options, records: log.records() }));
  expect(timeline(third).at(-1)).toBe('OK');
});
