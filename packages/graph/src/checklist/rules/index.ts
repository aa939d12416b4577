import type { RequirementTarget } from '../../app-file/requirements.ts';
import type { JsonObject } from '../../graph/json.ts';
import type { NodeType } from '../../nodes/registry.ts';
import type { CheckContext } from '../context.ts';
import type { Finding } from '../issues.ts';
import { checkHumanInput, checkTriggerSchedule, checkTriggerWebhook } from './entry-nodes.ts';
import {
  checkAssigner,
  checkIfElse,
  checkIteration,
  checkListOperator,
  checkLoop,
  checkVariableAggregator,
} from './logic-nodes.ts';
import {
  checkKnowledgeIndex,
  checkKnowledgeRetrieval,
  checkLlm,
  checkParameterExtractor,
  checkQuestionClassifier,
} from './model-nodes.ts';
import {
  checkAnswer,
  checkCode,
  checkDocumentExtractor,
  checkEnd,
  checkHttpRequest,
  checkTemplateTransform,
} from './plain-nodes.ts';
import { checkAgent, checkDatasource, checkTool, checkTriggerPlugin } from './provider-nodes.ts';

/** The rules of one node type: the first thing that is wrong with a node's data, or null. */
export type NodeRules = (
  data: JsonObject,
  context: CheckContext,
  targets: RequirementTarget[],
) => Finding | null;

/** The rules of every node type that has some. */
export const nodeRules: Partial<Record<NodeType, NodeRules>> = {
  end: checkEnd,
  answer: checkAnswer,
  llm: checkLlm,
  'knowledge-retrieval': checkKnowledgeRetrieval,
  'question-classifier': checkQuestionClassifier,
  'parameter-extractor': checkParameterExtractor,
  'if-else': checkIfElse,
  code: checkCode,
  'template-transform': checkTemplateTransform,
  'http-request': checkHttpRequest,
  tool: checkTool,
  agent: checkAgent,
  iteration: checkIteration,
  loop: checkLoop,
  'variable-aggregator': checkVariableAggregator,
  assigner: checkAssigner,
  'list-operator': checkListOperator,
  'document-extractor': checkDocumentExtractor,
  'human-input': checkHumanInput,
  'trigger-webhook': checkTriggerWebhook,
  'trigger-schedule': checkTriggerSchedule,
  'trigger-plugin': checkTriggerPlugin,
  datasource: checkDatasource,
  'knowledge-index': checkKnowledgeIndex,
};
