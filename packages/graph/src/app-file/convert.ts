import type { CanvasNode } from '../graph/canvas.ts';
import { isObject, type JsonObject, objectOf } from '../graph/json.ts';
import { type BasicAppConfig, basicAppConfig, type ExternalDataTool } from '../model-config/schema.ts';
import type { Selector } from '../nodes/fields.ts';
import { toPlaceholder } from '../variables/placeholders.ts';
import { convertPrompt } from './convert-prompt.ts';
import { chain, makeNode } from './templates.ts';
import type { BasicAppFile, GraphAppFile } from './types.ts';

/** Where an API extension is called; null when it is not known any more. */
export type FindExtension = (extensionId: string) => { endpoint: string; apiKey: string } | null;

/** What the conversion of a basic app needs from outside. */
export interface ConvertOptions {
  /** Name of the new app; default is the old name and `(workflow)`. */
  name?: string;
  /** The id of the app, sent to its API extensions. */
  appId?: string;
  findExtension?: FindExtension;
}

/** A basic app as a graph, and what of it has no place in a graph. */
export interface ConvertedApp {
  file: GraphAppFile;
  /** Names of what was left out: tools of an agent, extensions that are gone. */
  leftOut: string[];
}

const chatFeatures = [
  'opening_statement',
  'suggested_questions',
  'suggested_questions_after_answer',
  'speech_to_text',
  'text_to_speech',
  'file_upload',
  'sensitive_word_avoidance',
  'retriever_resource',
];
const workflowFeatures = ['text_to_speech', 'file_upload', 'sensitive_word_avoidance'];

/**
 * The graph that does what a basic app does: chat and agent apps become chatflows, completion apps workflows. Form,
 * API data tools, knowledge, prompt, model, memory, files and features are carried over; places of nodes are left
 * open for the canvas.
 *
 * @throws {ZodError} when the configuration is not one of a basic app, see `checkModelConfig`
 */
export function convertToGraphApp(file: BasicAppFile, options: ConvertOptions = {}): ConvertedApp {
  const config = basicAppConfig.parse(file.model_config);
  const isChat = file.mode !== 'completion';
  const leftOut: string[] = [];
  const nodes = [
    makeNode({ id: 'start', type: 'start', title: 'START', column: null, data: startData(config) }),
  ];
  const variables = new Map<string, Selector>(
    config.user_input_form.map((field) => [field.variable, ['start', field.variable]]),
  );
  const tools = extensionToolsOf(config);
  tools.forEach((tool, index) => {
    const made = extensionNodes({ tool, number: index + 1, variables, isChat, options });
    if (made) {
      nodes.push(...made.nodes);
      variables.set(tool.variable, made.output);
    } else leftOut.push(tool.label || tool.variable);
  });
  const retrieval = retrievalNode(file, config);
  if (retrieval) nodes.push(retrieval);
  nodes.push(llmNode({ config, isChat, variables, hasKnowledge: retrieval !== null }));
  nodes.push(lastNode(isChat));
  for (const tool of config.agent_mode.tools) {
    if (file.mode === 'agent-chat' && tool['tool_name'] && tool['enabled'] !== false) {
      leftOut.push(String(tool['tool_name']));
    }
  }
  const featureKeys = isChat ? chatFeatures : workflowFeatures;
  return {
    leftOut,
    file: {
      mode: isChat ? 'advanced-chat' : 'workflow',
      app: { ...file.app, name: options.name ?? `${file.app.name}(workflow)` },
      dependencies: file.dependencies,
      extra: {},
      workflow: {
        graph: { nodes, edges: chain(nodes) },
        features: Object.fromEntries(featureKeys.map((key) => [key, file.model_config[key]])),
        environment_variables: [],
        conversation_variables: [],
      },
    },
  };
}

function startData(config: BasicAppConfig): JsonObject {
  const fields = config.user_input_form.filter((field) => field.type !== 'external_data_tool');
  return { variables: fields };
}

// API data tools stand in the list of their own, or in the form among the other fields.
function extensionToolsOf(config: BasicAppConfig): ExternalDataTool[] {
  const inForm = config.user_input_form
    .filter((field) => field.type === 'external_data_tool')
    .map((field) => ({
      enabled: field['enabled'] !== false,
      variable: field.variable,
      label: field.label,
      type: String(field['tool_type'] ?? ''),
      config: objectOf(field['config']),
    }));
  const known = new Set(config.external_data_tools.map((tool) => tool.variable));
  return [...config.external_data_tools, ...inForm.filter((tool) => !known.has(tool.variable))].filter(
    (tool) => tool.enabled && tool.type === 'api',
  );
}

interface ExtensionSource {
  tool: ExternalDataTool;
  number: number;
  variables: ReadonlyMap<string, Selector>;
  isChat: boolean;
  options: ConvertOptions;
}

const readResult = `import json

def main(response_json: str) -> dict:
    return {"result": str(json.loads(response_json).get("result", ""))}
`;

function extensionNodes(source: ExtensionSource): { nodes: CanvasNode[]; output: Selector } | null {
  const { tool, number, options } = source;
  const extension = options.findExtension?.(String(tool.config['api_based_extension_id'] ?? ''));
  if (!extension) return null;
  const [request, reader] = [`http_request_${number}`, `code_${number}`];
  const inputs = Object.fromEntries(
    [...source.variables]
      .filter(([, selector]) => selector[0] === 'start' && selector[1] !== tool.variable)
      .map(([name, selector]) => [name, toPlaceholder(selector)]),
  );
  const body = {
    point: 'app.external_data_tool.query',
    params: {
      app_id: options.appId ?? '{{#sys.app_id#}}',
      tool_variable: tool.variable,
      inputs,
      query: source.isChat ? '{{#sys.query#}}' : '',
    },
  };
  return {
    output: [reader, 'result'],
    nodes: [
      makeNode({
        id: request,
        type: 'http-request',
        title: `HTTP REQUEST ${tool.label || tool.variable}`,
        column: null,
        data: {
          method: 'post',
          url: extension.endpoint,
          authorization: {
            type: 'api-key',
            config: { type: 'bearer', api_key: extension.apiKey, header: '' },
          },
          body: { type: 'json', data: [{ key: '', type: 'text', value: JSON.stringify(body) }] },
        },
      }),
      makeNode({
        id: reader,
        type: 'code',
        title: `Result of ${tool.label || tool.variable}`,
        column: null,
        data: {
          variables: [{ variable: 'response_json', value_selector: [request, 'body'] }],
          code: readResult,
          outputs: { result: { type: 'string', children: null } },
        },
      }),
    ],
  };
}

function retrievalNode(file: BasicAppFile, config: BasicAppConfig): CanvasNode | null {
  const datasets = config.dataset_configs;
  const { weights, metadata_model_config: filterModel }: JsonObject = datasets;
  const inAgent = config.agent_mode.tools.map((tool) => objectOf(tool['dataset']));
  const ids = [
    ...datasets.datasets.datasets.filter((entry) => entry.dataset.enabled).map((entry) => entry.dataset.id),
    ...inAgent.filter((dataset) => dataset['enabled'] !== false).flatMap((dataset) => dataset['id'] ?? []),
  ].map(String);
  const isChat = file.mode !== 'completion';
  if (ids.length === 0 || (!isChat && config.dataset_query_variable === '')) return null;
  const reranker = datasets.reranking_model;
  return makeNode({
    id: 'knowledge_retrieval',
    type: 'knowledge-retrieval',
    title: 'KNOWLEDGE RETRIEVAL',
    column: null,
    data: {
      query_variable_selector: isChat ? ['sys', 'query'] : ['start', config.dataset_query_variable],
      dataset_ids: [...new Set(ids)],
      retrieval_mode: datasets.retrieval_model,
      single_retrieval_config: datasets.retrieval_model === 'single' ? { model: modelOf(config) } : null,
      multiple_retrieval_config:
        datasets.retrieval_model === 'multiple'
          ? {
              top_k: datasets.top_k,
              score_threshold: datasets.score_threshold_enabled ? datasets.score_threshold : null,
              reranking_enable: reranker !== null && datasets.reranking_enable,
              reranking_mode: datasets.reranking_mode,
              reranking_model: reranker && {
                provider: reranker.reranking_provider_name,
                model: reranker.reranking_model_name,
              },
              ...(isObject(weights) && { weights }),
            }
          : null,
      metadata_filtering_mode: datasets.metadata_filtering_mode,
      ...(isObject(filterModel) && { metadata_model_config: filterModel }),
      ...(datasets.metadata_filtering_conditions && {
        metadata_filtering_conditions: datasets.metadata_filtering_conditions,
      }),
    },
  });
}

function modelOf(config: BasicAppConfig): JsonObject {
  const { provider, name, mode, completion_params } = config.model;
  return { provider, name, mode, completion_params };
}

interface PromptSource {
  config: BasicAppConfig;
  isChat: boolean;
  variables: ReadonlyMap<string, Selector>;
  hasKnowledge: boolean;
}

function llmNode(source: PromptSource): CanvasNode {
  const { config, isChat, hasKnowledge } = source;
  const roles = config.completion_prompt_config.conversation_histories_role;
  const seesFiles = config.file_upload.enabled && config.file_upload.allowed_file_types.includes('image');
  return makeNode({
    id: 'llm',
    type: 'llm',
    title: 'LLM',
    column: null,
    data: {
      model: modelOf(config),
      prompt_template: convertPrompt(source),
      context: {
        enabled: hasKnowledge,
        variable_selector: hasKnowledge ? ['knowledge_retrieval', 'result'] : [],
      },
      vision: {
        enabled: seesFiles,
        ...(seesFiles && {
          configs: { variable_selector: ['sys', 'files'], detail: config.file_upload.detail },
        }),
      },
      ...(isChat && {
        memory: {
          role_prefix: { user: roles.user_prefix, assistant: roles.assistant_prefix },
          window: { enabled: false, size: 10 },
          query_prompt_template: '{{#sys.query#}}',
        },
      }),
    },
  });
}

function lastNode(isChat: boolean): CanvasNode {
  return isChat
    ? makeNode({
        id: 'answer',
        type: 'answer',
        title: 'ANSWER',
        column: null,
        data: { answer: '{{#llm.text#}}' },
      })
    : makeNode({
        id: 'end',
        type: 'end',
        title: 'END',
        column: null,
        data: { outputs: [{ variable: 'result', value_selector: ['llm', 'text'], value_type: 'string' }] },
      });
}
