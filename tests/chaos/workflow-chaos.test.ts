import { describe, expect, it } from 'vitest';
import { runWorkflowChaos } from './workflow-chaos.ts';

describe('two servers on one database, killed at random moments while workflows run', () => {
  it('ends every accepted run as if nothing had happened, and runs no node again whose result is logged', {
    timeout: 240_000,
  }, async () => {
    const report = await runWorkflowChaos({ kills: 20, concurrency: 12, say: () => undefined });
    expect(report.broken).toEqual([]);
    expect(report.accepted).toBeGreaterThan(20);
    expect(report.takenOver).toBeGreaterThan(0);
  });
});
