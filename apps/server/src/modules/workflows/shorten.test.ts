import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRun } from './encode-run.ts';
import type { WorkflowRun } from './run.ts';
import { shorten, shortenEvent, shortenRecord } from './shorten.ts';

const limits = { maxBytes: 1_000, stringLength: 100, arrayLength: 10 };

describe('a value as it is shown', () => {
  it('is whole when it is small', () => {
    const value = { text: 'a', list: [1, 2, { deep: null }], none: null };
    expect(shorten(value, limits)).toEqual({ value, truncated: false });
  });

  it('has texts and lists cut by themselves, however deep', () => {
    const value = {
      deep: [{ text: 'x'.repeat(101) }],
      list: Array.from({ length: 11 }, (_, index) => index),
    };
    expect(shorten(value, limits)).toEqual({
      value: { deep: [{ text: `${'x'.repeat(100)}...` }], list: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
      truncated: true,
    });
  });

  it('keeps small members before large ones when it is too large in all', () => {
    const texts = Array.from({ length: 9 }, () => 'y'.repeat(90));
    const { value, truncated } = shorten({ large: texts, count: 7, other: texts }, limits);
    expect(truncated).toBe(true);
    expect(value).toMatchObject({ count: 7 });
    expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThan(1_100);
    expect(Object.keys(value as object)).toEqual(['large', 'count', 'other']);
  });

  it('says that it was cut exactly when it is another value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 60 }), (value, size) => {
        const own = { maxBytes: size * 4, stringLength: size, arrayLength: size };
        const shown = shorten(value, own);
        expect(shown.truncated).toBe(JSON.stringify(shown.value) !== JSON.stringify(value));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a record as it is shown', () => {
  it('flags what was shortened and nothing else', () => {
    const record = {
      id: '1',
      inputs: { text: 'short' },
      inputs_truncated: false,
      process_data: null,
      process_data_truncated: false,
      outputs: { text: 'x'.repeat(200) },
      outputs_truncated: false,
    };
    expect(shortenRecord(record, limits)).toEqual({
      ...record,
      outputs: { text: `${'x'.repeat(100)}...` },
      outputs_truncated: true,
    });
    expect(record.outputs.text).toHaveLength(200);
  });

  it('is part of events of nodes, and of no others', () => {
    const data = { outputs: { text: 'x'.repeat(200) } };
    expect(shortenEvent({ event: 'node_finished', data }, limits)).toMatchObject({
      data: { outputs_truncated: true },
    });
    const finished = { event: 'workflow_finished', data } as const;
    expect(shortenEvent(finished, limits)).toBe(finished);
  });
});

describe('the stream of a visitor', () => {
  it('shortens the rounds of an iteration, and what nodes took in is not told at all', async () => {
    const run = { id: '1', mode: 'workflow', turn: null } as WorkflowRun;
    const data = { outputs: { list: ['x'.repeat(200)] }, outputs_truncated: false };
    const events = ['iteration_completed', 'node_finished'] as const;
    const batches = Readable.from([events.map((event, sequence) => ({ sequence, event: { event, data } }))]);
    const stream = encodeRun(run, batches, { audience: 'visitor', display: limits });
    const lines = (await Array.fromAsync(stream)).join('').split('\n\n').slice(1, 3);
    const [rounds, node] = lines.map((line) => JSON.parse(line.slice('data: '.length)).data);
    expect(rounds).toEqual({ outputs: { list: [`${'x'.repeat(100)}...`] }, outputs_truncated: true });
    expect(node.outputs).toBeNull();
    expect(node).not.toHaveProperty('outputs_truncated');
  });
});
