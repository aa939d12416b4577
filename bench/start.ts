/** How fast the server comes up, and what it takes when nobody uses it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineBench } from './harness/contract.ts';
import { processUse } from './harness/processes.ts';
import { databasePid, startBareNode, startTrellis } from './harness/server.ts';

/** After this, timers of the start have run and the heap has settled. */
const settleMs = 5_000;
const bare = 'a bare node:http server';

export default defineBench({
  questions: {
    cold: {
      question: 'Cold start: empty data folder to the first answer',
      unit: 'ms',
      baseline: bare,
      better: 'lower',
    },
    warm: {
      question: 'Warm start: existing data folder to the first answer',
      unit: 'ms',
      baseline: bare,
      better: 'lower',
    },
    memory: {
      question: 'Idle memory (PSS) of server and database, sandbox and vectors not yet used',
      unit: 'MB',
      baseline: bare,
      better: 'lower',
    },
    resident: {
      question: 'Idle memory (sum of RSS, shared pages counted in every process)',
      unit: 'MB',
      baseline: bare,
      better: 'lower',
    },
  },
  async run({ say }) {
    const dataPath = await mkdtemp(join(tmpdir(), 'bench-start-'));
    const node = await startBareNode();
    try {
      const cold = await startTrellis(dataPath);
      await cold.stop();
      const warm = await startTrellis(dataPath);
      await sleep(settleMs);
      const ours = processUse(warm.pid, [databasePid(dataPath)]);
      const baseline = processUse(node.pid);
      await warm.stop();
      say(
        `cold ${cold.startMs.toFixed(0)} ms, warm ${warm.startMs.toFixed(0)} ms, ${ours.processes} processes`,
      );
      return {
        cold: { ours: cold.startMs, baseline: node.startMs },
        warm: { ours: warm.startMs, baseline: node.startMs },
        memory: { ours: ours.pssMb, baseline: baseline.pssMb },
        resident: { ours: ours.rssMb, baseline: baseline.rssMb },
      };
    } finally {
      await node.stop();
      await rm(dataPath, { recursive: true, force: true });
    }
  },
});
