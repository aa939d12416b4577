import { afterAll, describe, expect, it } from 'vitest';
import { TokenCounter } from './count.ts';
import { estimatePromptTokens, estimateTokens } from './estimate.ts';

const counter = new TokenCounter();
afterAll(() => counter.close());

const english =
  'The committee will decide tomorrow whether the proposal for a new library should be accepted, because the costs rose by 12.5 % since 2019. ';
const chinese = '委员会明天将决定是否接受关于新图书馆的提案，因为自2019年以来成本上升了百分之十二。';
const code = 'export function add(left: number, right: number): number {\n  return left + right;\n}\n';

describe('counting tokens', () => {
  it.each([
    ['English', english],
    ['Chinese', chinese],
    ['code', code],
  ])('is estimated within a quarter for %s', async (_language, text) => {
    const sample = text.repeat(20);
    const exact = await counter.count(sample);
    expect(estimateTokens(sample) / exact).toBeGreaterThan(0.75);
    expect(estimateTokens(sample) / exact).toBeLessThan(1.25);
  });

  it('takes special markers for plain text', async () => {
    expect(await counter.count('<|endoftext|>')).toBeGreaterThan(1);
  });

  it('ends soon on a million times the same letter', async () => {
    const started = performance.now();
    expect(await counter.count('a'.repeat(1_000_000))).toBeGreaterThan(1000);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('counts long texts in a worker to the same result', async () => {
    const exact = await counter.count(english.repeat(100));
    const long = await counter.count(english.repeat(200));
    expect(Math.abs(long - 2 * exact)).toBeLessThan(5);
  });

  it('of a prompt counts messages, files and tools', () => {
    const message = { role: 'user' as const, content: 'one two' };
    const tool = { name: 'x', description: 'y', parameters: { type: 'object' } };
    expect(estimatePromptTokens([message, message])).toBe(2 * 5 + 3);
    expect(estimatePromptTokens([message], [tool])).toBeGreaterThan(estimatePromptTokens([message]) + 8);
  });
});
