import { describe, expect, it } from 'vitest';
import { runChatChaos } from './chat-chaos.ts';

describe('a server and its database killed together under 100 streaming turns', () => {
  it('keeps every turn that a client has seen begin, with its text and a final status, within five seconds', {
    timeout: 240_000,
  }, async () => {
    const reports = await runChatChaos({ moments: 10, concurrency: 100, say: () => undefined });
    expect(reports.flatMap((report) => report.broken)).toEqual([]);
    expect(reports.reduce((sum, report) => sum + report.cutOff, 0)).toBeGreaterThan(100);
  });
});
