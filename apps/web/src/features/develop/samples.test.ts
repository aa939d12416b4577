import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { FormVariable } from '../../api/model-config.ts';
import { callsFor, sampleOf } from './samples.ts';

const variables: FormVariable[] = [
  { type: 'text-input', label: "City's name", variable: 'city', required: true },
  { type: 'select', label: 'Plan', variable: 'plan', required: false, options: ['gold', 'silver'] },
  { type: 'checkbox', label: 'Urgent', variable: 'urgent', required: false },
  { type: 'external_data_tool', label: 'X', variable: 'x', required: false },
];
const calls = callsFor('chat', variables, "What's up?");
const send = calls[0]!;

describe('samples of the service API', () => {
  it('carry the variables of the app, without those that the server fills', () => {
    expect(send.body?.['inputs']).toEqual({ city: "City's name", plan: 'gold', urgent: true });
  });

  it('never contain a key', () => {
    for (const call of calls) {
      for (const language of ['curl', 'javascript', 'python'] as const) {
        expect(sampleOf(language, 'https://x/v1', call)).not.toMatch(/Bearer app-/);
      }
    }
  });

  it('quote apostrophes so that a shell passes the JSON unchanged', () => {
    const sample = sampleOf('curl', 'https://x/v1', send);
    const data = sample.slice(sample.indexOf('--data ') + '--data '.length);
    const echoed = execFileSync('sh', ['-c', `printf %s ${data}`], { encoding: 'utf8' });
    expect(JSON.parse(echoed)).toEqual(send.body);
  });

  it.each(calls.map((call) => [call.key, call] as const))('is valid JavaScript: %s', (_key, call) => {
    const sample = sampleOf('javascript', 'https://x/v1', call);
    execFileSync(process.execPath, ['--input-type=module', '--check', '-'], { input: sample });
  });

  it('run workflows with their inputs and wait for the outputs', () => {
    const [run] = callsFor('workflow', variables, '');
    expect(run?.path).toBe('/workflows/run');
    expect(run?.body).not.toHaveProperty('query');
    const sample = sampleOf('javascript', 'https://x/v1', run!);
    execFileSync(process.execPath, ['--input-type=module', '--check', '-'], { input: sample });
    expect(sample).toContain("data.event === 'workflow_finished'");
  });

  it('writes Python literals', () => {
    expect(sampleOf('python', 'https://x/v1', send)).toContain('"urgent": True,');
  });
});
