import type { NodeDefinition } from '../plan/node-definition.ts';
import { agentNode } from './agent.ts';
import { answerNode } from './answer.ts';
import { assignerNode } from './assigner/assigner.ts';
import { questionClassifierNode } from './classifier/question-classifier.ts';
import { codeNode } from './code/code.ts';
import { datasourceNode } from './datasource.ts';
import { documentExtractorNode } from './document-extractor.ts';
import { endNode } from './end.ts';
import { parameterExtractorNode } from './extractor/parameter-extractor.ts';
import { httpRequestNode } from './http/http-request.ts';
import { humanInputNode } from './human-input.ts';
import { ifElseNode } from './if-else.ts';
import { knowledgeIndexNode } from './knowledge-index.ts';
import { knowledgeRetrievalNode } from './knowledge-retrieval.ts';
import { listOperatorNode } from './list-operator.ts';
import { llmNode } from './llm/llm.ts';
import { loopEndNode } from './loop-end.ts';
import { startNode } from './start.ts';
import { templateTransformNode } from './template-transform.ts';
import { toolNode } from './tool/tool.ts';
import { triggerPluginNode, triggerScheduleNode, triggerWebhookNode } from './trigger.ts';
import { variableAggregatorNode } from './variable-aggregator.ts';

const definitions: readonly NodeDefinition[] = [
  startNode,
  triggerWebhookNode,
  triggerScheduleNode,
  triggerPluginNode,
  datasourceNode,
  endNode,
  answerNode,
  knowledgeIndexNode,
  llmNode,
  knowledgeRetrievalNode,
  questionClassifierNode,
  ifElseNode,
  codeNode,
  templateTransformNode,
  httpRequestNode,
  toolNode,
  agentNode,
  variableAggregatorNode,
  assignerNode,
  parameterExtractorNode,
  documentExtractorNode,
  listOperatorNode,
  humanInputNode,
  loopEndNode,
];

/** Every node type that runs by itself; containers and their starts are run by the core. */
export const nodeDefinitions: ReadonlyMap<string, NodeDefinition> = new Map(
  definitions.map((definition) => [definition.type, definition]),
);
