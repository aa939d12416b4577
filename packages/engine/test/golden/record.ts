/**
 * Records the log of every golden case that has none yet: `node packages/engine/test/golden/record.ts`. Logs that
 * exist are never written again: they are what an earlier release left behind.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { encodeRecord, executeRun, plan, resumeRun } from '../../src/index.ts';
import { FakeForms, MemoryLog } from '../../src/testing/index.ts';
import { goldenCases, goldenPorts } from './cases.ts';

for (const { name, graph, inputs, submits } of goldenCases) {
  const file = new URL(`logs-v1/${name}.jsonl`, import.meta.url);
  if (existsSync(file)) continue;
  const forms = new FakeForms();
  const options = { plan: plan(graph), log: new MemoryLog(), ports: goldenPorts(forms) };
  const run = { runId: `golden-${name}`, workflowId: 'golden', inputs, system: {}, conversation: [] };
  await Array.fromAsync(executeRun({ ...options, run }));
  if (submits !== undefined) {
    for (const [node, action] of submits) forms.submit(node, action);
    await Array.fromAsync(resumeRun({ ...options, records: options.log.records() }));
  }
  writeFileSync(file, `${options.log.records().map(encodeRecord).join('\n')}\n`);
}
