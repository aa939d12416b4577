import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Span, SpanAttributes, SpanStart, Tracing } from '../../platform/telemetry/tracing.ts';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { askText, endWith, gatedNode, type PublishedApp, publishGraph, rowGraph } from './testing.ts';

interface Recorded {
  name: string;
  parent: SpanStart['parent'];
  attributes: Record<string, unknown>;
  failure: string | null;
  ended: boolean;
  span: Span;
}

let spans: Recorded[];

/** Keeps spans instead of sending them. */
const tracing: Tracing = {
  start(name, { parent, attributes }) {
    const span: Span = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      set: (more: SpanAttributes) => void Object.assign(recorded.attributes, more),
      fail: (type) => {
        recorded.failure = type;
      },
      end: () => {
        recorded.ended = true;
      },
    };
    const recorded: Recorded = {
      name,
      parent,
      attributes: { ...attributes },
      failure: null,
      ended: false,
      span,
    };
    spans.push(recorded);
    return span;
  },
  close: async () => {},
};

let app: TestApp;
let owner: TestPerson;
let row: PublishedApp;

beforeAll(async () => {
  spans = [];
  const code = {
    run: async ({ inputs }: { inputs: Readonly<Record<string, unknown>> }) => {
      if (inputs['text'] === 'bad') throw new Error('what somebody wrote');
      return { outputs: { text: inputs['text'] } };
    },
  };
  app = await createTestApp({ tracing, enginePorts: { code } });
  owner = await app.owner();
  row = await publishGraph(app, owner, {
    mode: 'workflow',
    graph: rowGraph({ start: askText, code: gatedNode(['start', 'text']), end: endWith(['code', 'text']) }),
  });
});
beforeEach(() => {
  spans = [];
});
afterAll(() => app.close());

const run = (text: string) => row.client.post('/v1/workflows/run', { inputs: { text }, user: 'reader' });

/** The metric's value for these labels. */
async function metric(line: RegExp): Promise<number> {
  const found = (await app.services.metrics.text()).split('\n').find((text) => line.test(text));
  return Number(found?.split(' ').at(-1) ?? 0);
}

describe('a workflow run', () => {
  it('is a span below its request, with a span for each node below it', async () => {
    const { json } = await run('fine');
    await expect.poll(() => spans.every(({ ended }) => ended)).toBe(true);
    const [request, whole, ...nodes] = spans;
    expect(request?.name).toBe('POST /v1/workflows/run');
    expect(whole).toMatchObject({
      name: 'workflow run',
      parent: request?.span,
      failure: null,
      attributes: {
        'trellis.run_id': json.workflow_run_id,
        'trellis.app_id': row.appId,
        'trellis.status': 'succeeded',
        'trellis.triggered_from': 'app-run',
      },
    });
    expect(
      nodes.map(({ name, parent, attributes }) => [
        name,
        parent === whole?.span,
        attributes['trellis.node_id'],
      ]),
    ).toEqual([
      ['node start', true, 'start'],
      ['node code', true, 'code'],
      ['node end', true, 'end'],
    ]);
  });

  it('that fails is a failed span, as its node is, without what was written', async () => {
    await run('bad');
    await expect.poll(() => spans.every(({ ended }) => ended)).toBe(true);
    const failed = spans.filter(({ failure }) => failure !== null);
    expect(failed.map(({ name, failure }) => [name, failure])).toEqual([
      ['workflow run', 'run_failed'],
      ['node code', 'node_failed'],
    ]);
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('somebody wrote');
  });

  it('is counted by how it ended, with its time', async () => {
    const succeeded = /^trellis_workflow_runs_total\{mode="workflow",status="succeeded",trigger="app-run"\}/;
    const failed = /^trellis_workflow_runs_total\{mode="workflow",status="failed",trigger="app-run"\}/;
    const timed = /^trellis_workflow_run_seconds_count\{mode="workflow",status="succeeded"\}/;
    const before = [await metric(succeeded), await metric(failed), await metric(timed)];
    await run('fine');
    await run('bad');
    const after = [await metric(succeeded), await metric(failed), await metric(timed)];
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1, 1]);
    await expect.poll(() => metric(/^trellis_workflow_runs_running/)).toBe(0);
  });
});
