import type { z } from 'zod';
import { agentData } from './agent.ts';
import { answerData } from './answer.ts';
import { assignerData } from './assigner.ts';
import { codeData } from './code.ts';
import { datasourceData } from './datasource.ts';
import { documentExtractorData } from './document-extractor.ts';
import { endData } from './end.ts';
import { httpRequestData } from './http-request.ts';
import { humanInputData } from './human-input.ts';
import { ifElseData } from './if-else.ts';
import { iterationData, iterationStartData } from './iteration.ts';
import { knowledgeIndexData } from './knowledge-index.ts';
import { knowledgeRetrievalData } from './knowledge-retrieval.ts';
import { listOperatorData } from './list-operator.ts';
import { llmData } from './llm.ts';
import { loopData, loopEndData, loopStartData } from './loop.ts';
import { parameterExtractorData } from './parameter-extractor.ts';
import { questionClassifierData } from './question-classifier.ts';
import { startData } from './start.ts';
import { templateTransformData } from './template-transform.ts';
import { toolData } from './tool.ts';
import { triggerPluginData } from './trigger-plugin.ts';
import { triggerScheduleData } from './trigger-schedule.ts';
import { triggerWebhookData } from './trigger-webhook.ts';
import { variableAggregatorData } from './variable-aggregator.ts';

/** The schema of the data of every node type. */
export const nodeSchemas = {
  start: startData,
  end: endData,
  answer: answerData,
  llm: llmData,
  'knowledge-retrieval': knowledgeRetrievalData,
  'question-classifier': questionClassifierData,
  'if-else': ifElseData,
  code: codeData,
  'template-transform': templateTransformData,
  'http-request': httpRequestData,
  tool: toolData,
  'variable-aggregator': variableAggregatorData,
  assigner: assignerData,
  iteration: iterationData,
  'iteration-start': iterationStartData,
  loop: loopData,
  'loop-start': loopStartData,
  'loop-end': loopEndData,
  'parameter-extractor': parameterExtractorData,
  'document-extractor': documentExtractorData,
  'list-operator': listOperatorData,
  agent: agentData,
  'human-input': humanInputData,
  'trigger-webhook': triggerWebhookData,
  'trigger-schedule': triggerScheduleData,
  'trigger-plugin': triggerPluginData,
  datasource: datasourceData,
  'knowledge-index': knowledgeIndexData,
} as const;

/** The type of a node that can be part of a run. */
export type NodeType = keyof typeof nodeSchemas;

/** Parsed data by node type. */
export type NodeDataByType = { [T in NodeType]: z.output<(typeof nodeSchemas)[T]> };

/** Parsed data of any node; `type` tells which. */
export type NodeData = NodeDataByType[NodeType];

/** Every node type. */
export const nodeTypes = Object.keys(nodeSchemas).filter(isNodeType);

/** Whether a text names a node type. */
export function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(nodeSchemas, type);
}

/**
 * The node type that a stored `data.type` stands for, or null when it names none.
 * `variable-assigner` is the old name of the variable aggregator.
 */
export function toNodeType(storedType: string): NodeType | null {
  if (storedType === 'variable-assigner') return 'variable-aggregator';
  return isNodeType(storedType) ? storedType : null;
}
