import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { emptyUsage } from '@trellis/contracts';
import { type Graph, parseGraph } from '@trellis/graph';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type {
  AgentPort,
  DeclaredVariable,
  EnginePorts,
  RetrievalPort,
  ToolPort,
  ValueType,
} from '../src/index.ts';
import { FakeHttp, FakeModels, fakeTemplates, runGraph } from '../src/testing/index.ts';
import { agentScenarios } from './fixtures-expectations/agents.ts';
import { chatScenarios } from './fixtures-expectations/chats.ts';
import { answerOf, type Scenario } from './fixtures-expectations/scenario.ts';
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

const nodeOfKey = (idempotencyKey: string) => idempotencyKey.split(':')[1] ?? '';

const agents: AgentPort = {
  resolve: async (data) => ({
    icon: null,
    parameters: new Set(Object.keys(data.agent_parameters)),
    metaVersion: null,
    async *invoke({ parameters }) {
      yield { type: 'text', text: `agent: ${parameters['query']}` };
    },
  }),
};

/** A tool that says its name and its parameters; it knows every parameter it is given. */
function toolsOf(graph: Graph): ToolPort {
  return {
    resolve: async ({ toolName }) => {
      const node = graph.nodes.find(({ data }) => data.type === 'tool' && data.tool_name === toolName);
      const data = node?.type === 'tool' ? node.data : null;
      const names = Object.keys({ ...data?.tool_parameters, ...data?.tool_configurations });
      return {
        icon: null,
        parameters: names.map((name) => ({ name, required: false, isSecret: false })),
        async *invoke({ parameters }) {
          const values = Object.values(parameters).filter((value) => typeof value === 'string');
          yield { type: 'text', text: [toolName, ...values].join(' ') };
        },
      };
    },
  };
}

/** Text of code or templates → the node it belongs to. */
function nodesByText(graph: Graph): Map<string, string> {
  return new Map(
    graph.nodes.flatMap((node): [string, string][] => {
      if (node.type === 'code') return [[node.data.code, node.id]];
      return node.type === 'template-transform' ? [[node.data.template, node.id]] : [];
    }),
  );
}

function portsFor(scenario: Scenario, graph: Graph, searched: string[]): Partial<EnginePorts> {
  const byText = nodesByText(graph);
  const retrieval: RetrievalPort = {
    retrieve: async ({ query }) => {
      searched.push(query ?? '');
      const passages = (scenario.passages ?? []).map((content) => ({
        metadata: { score: 1 },
        title: '',
        content,
        files: [],
        summary: null,
      }));
      return { passages, usage: emptyUsage };
    },
  };
  return {
    agents,
    retrieval,
    tools: toolsOf(graph),
    http: new FakeHttp(() => ({ body: pages.shift() ?? '{}' })),
    models: new FakeModels(({ idempotencyKey }) => {
      const id = nodeOfKey(idempotencyKey);
      return scenario.models?.[id] ?? answerOf(id);
    }),
    templates: {
      render: async (request) =>
        scenario.templates?.[byText.get(request.template) ?? ''] ?? fakeTemplates.render(request),
    },
    code: {
      run: async ({ code, inputs }) => {
        const run = scenario.code?.[byText.get(code) ?? ''];
        if (run === undefined) throw new Error(`No result for code of node ${byText.get(code)}`);
        return { outputs: run({ ...inputs }) };
      },
    },
  };
}
let pages: string[] = [];

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
  pages = [...(scenario.web ?? [])];
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
