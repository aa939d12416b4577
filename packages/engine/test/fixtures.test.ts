import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parseGraph } from '@trellis/graph';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { DeclaredVariable, ValueType } from '../src/index.ts';
import { runGraph } from '../src/testing/index.ts';
import { agentScenarios } from './fixtures-expectations/agents.ts';
import { chatScenarios } from './fixtures-expectations/chats.ts';
import { portsFor } from './fixtures-expectations/ports.ts';
import type { Scenario } from './fixtures-expectations/scenario.ts';
import { workflowScenarios } from './fixtures-expectations/workflows.ts';

const folder = new URL('../../../../shared/fixtures/dsl/', import.meta.url);
const scenarios = [...agentScenarios, ...chatScenarios, ...workflowScenarios];

interface StoredVariable {
  readonly name: string;
  readonly value_type: ValueType;
  readonly value: unknown;
}
interface AppFile {
  readonly workflow: {
    readonly graph: unknown;
    readonly conversation_variables?: readonly StoredVariable[];
    readonly environment_variables?: readonly StoredVariable[];
  };
}

function declared(
  variables: readonly StoredVariable[] | undefined,
  values: Readonly<Record<string, unknown>> = {},
): DeclaredVariable[] {
  return (variables ?? []).map(({ name, value_type: type, value }) => ({
    name,
    type,
    value: name in values ? values[name] : value,
  }));
}

async function run(scenario: Scenario) {
  const { workflow }: AppFile = parse(readFileSync(new URL(scenario.file, folder), 'utf8'), {
    version: '1.1',
  });
  const graph = parseGraph(workflow.graph);
  const searched: string[] = [];
  const conversation = declared(workflow.conversation_variables, scenario.conversation);
  const run = await runGraph(graph, {
    inputs: scenario.inputs ?? {},
    system: { query: scenario.query ?? '', conversation_id: 'c', user_id: 'u', files: [] },
    conversation,
    ports: portsFor(scenario, graph, searched),
    environment: { environment: declared(workflow.environment_variables) },
  });
  return { run, graph, searched, conversation };
}

describe.skipIf(!existsSync(folder))('App files of other people (skipped where ../shared is absent)', () => {
  test('each file has its expectation', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));
    expect(new Set(scenarios.map(({ file }) => file))).toEqual(new Set(files));
  });

  test.each(scenarios)('#123 $file: $reason', async (scenario) => {
    const { run: result, graph, searched, conversation: before } = await run(scenario);
    expect(result.result).toMatchObject({ status: 'succeeded', error: '' });
    expect(result.result.outputs).toEqual(scenario.expect.outputs);
    const finished = result.events.flatMap((event) =>
      event.event === 'node_finished' && !event.internal ? [event.data] : [],
    );
    const expectedNodes =
      scenario.expect.ran === 'all' ? graph.nodes.map(({ id }) => id) : scenario.expect.ran;
    expect(finished.map(({ node_id: id }) => id).toSorted()).toEqual(expectedNodes.toSorted());
    for (const [id, inputs] of Object.entries(scenario.expect.inputs ?? {})) {
      expect(finished.find(({ node_id }) => node_id === id)?.inputs).toMatchObject(inputs);
    }
    const conversation: Record<string, unknown> = Object.fromEntries(
      before.map(({ name, value }) => [name, value]),
    );
    for (const event of result.events) {
      if (event.event === 'variable_updated') conversation[event.data.selector[1] ?? ''] = event.data.value;
    }
    expect(conversation).toMatchObject(scenario.expect.conversation ?? {});
    if (scenario.expect.searched !== undefined) expect(searched).toEqual([scenario.expect.searched]);
  });
});
