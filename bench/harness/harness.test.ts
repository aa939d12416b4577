import { describe, expect, it } from 'vitest';
import type { BenchContext } from './contract.ts';
import { runRounds } from './run-bench.ts';
import { median, short, spread, summarise } from './statistics.ts';

const question = { question: 'How long?', unit: 'ms', better: 'lower' } as const;
const context: BenchContext = { signal: new AbortController().signal, say: () => undefined };

describe('statistics', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])('find the middle of %j', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('give the distance of the rounds as a share', () => {
    expect(spread([8, 10, 12])).toBe(0.4);
  });

  it('compare ours with the baseline of the same round', () => {
    const rounds = [
      { ours: 10, baseline: 5 },
      { ours: 100, baseline: 100 },
      { ours: 30, baseline: 10 },
    ];
    expect(summarise(question, rounds)).toMatchObject({ ours: 30, baseline: 10, ratio: 2 });
  });

  it('have no ratio without a baseline', () => {
    expect(summarise(question, [{ ours: 1 }])).toMatchObject({ baseline: null, ratio: null });
  });

  it.each([
    [1234.5, '1235'],
    [12.345, '12.3'],
    [0.012345, '0.0123'],
    [0, '0.00'],
  ])('shorten %d to %s', (value, text) => {
    expect(short(value)).toBe(text);
  });
});

describe('runRounds', () => {
  it('prepares once, measures every round and finishes', async () => {
    const calls: string[] = [];
    const bench = {
      questions: { time: question, never: question },
      prepare: async () => {
        calls.push('prepare');
        return 10;
      },
      run: async ({ round, prepared }: { round: number; prepared: unknown }) => {
        calls.push(`round ${round}`);
        return { time: { ours: Number(prepared) * round } };
      },
      finish: async () => {
        calls.push('finish');
      },
    };
    const answers = await runRounds(bench, 3, context);
    expect(calls).toEqual(['prepare', 'round 1', 'round 2', 'round 3', 'finish']);
    expect([...answers.keys()]).toEqual(['time']);
    expect(answers.get('time')?.ours).toBe(20);
  });

  it('finishes after a failure', async () => {
    let finished = false;
    const bench = {
      questions: { time: question },
      run: () => Promise.reject(new Error('broken')),
      finish: async () => {
        finished = true;
      },
    };
    await expect(runRounds(bench, 5, context)).rejects.toThrow('broken');
    expect(finished).toBe(true);
  });
});
