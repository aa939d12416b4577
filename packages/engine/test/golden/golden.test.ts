import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeRecord, plan, replay, resumeRun, settingOf } from '../../src/index.ts';
import { FakeForms, MemoryLog } from '../../src/testing/index.ts';
import { goldenCases, goldenPorts } from './cases.ts';

function recordsOf(name: string) {
  const text = readFileSync(new URL(`logs-v1/${name}.jsonl`, import.meta.url), 'utf8');
  return text.trimEnd().split('\n').map(decodeRecord);
}

describe('Logs of earlier releases', () => {
  test.each(goldenCases)('$name: replay to the same end', ({ name, graph, outputs, status }) => {
    const ports = goldenPorts(new FakeForms());
    const setting = settingOf({ plan: plan(graph), log: new MemoryLog(), ports });
    const { state, events } = replay(setting, recordsOf(name));
    expect(state.status).toBe(status);
    expect(events.at(-1)).toMatchObject({ event: 'workflow_finished', data: { outputs } });
  });

  test.each(goldenCases)('$name: can be continued from every record', async ({ name, graph, outputs, submits }) => {
    const records = recordsOf(name);
    for (let cut = 1; cut <= records.length; cut += 1) {
      const forms = new FakeForms();
      for (const [node, action] of submits ?? []) forms.submit(node, action);
      const options = { plan: plan(graph), log: new MemoryLog(), ports: goldenPorts(forms) };
      const events = await Array.fromAsync(resumeRun({ ...options, records: records.slice(0, cut) }));
      expect(events.at(-1)).toMatchObject({ event: 'workflow_finished', data: { outputs } });
    }
  });
});
