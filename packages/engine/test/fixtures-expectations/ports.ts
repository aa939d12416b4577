import { emptyUsage } from '@trellis/contracts';
import type { Graph } from '@trellis/graph';
import type { AgentPort, EnginePorts, RetrievalPort, ToolPort } from '../../src/index.ts';
import { FakeHttp, FakeModels, fakeTemplates } from '../../src/testing/index.ts';
import { answerOf, type Scenario } from './scenario.ts';

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

/** Ports that answer as a scenario says; what knowledge bases are asked goes to `searched`. */
export function portsFor(scenario: Scenario, graph: Graph, searched: string[]): Partial<EnginePorts> {
  const pages = [...(scenario.web ?? [])];
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
