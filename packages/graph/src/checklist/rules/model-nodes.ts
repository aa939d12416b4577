import { isObject, type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../../graph/json.ts';
import type { CheckContext, DatasetFacts } from '../context.ts';
import { type Finding, required } from '../issues.ts';
import { firstOf, isBlank, isUnsetSelector, missingBinding } from './common.ts';

function missingModel(data: JsonObject): Finding | null {
  const model = objectOf(data['model']);
  return isBlank(model['provider']) || isBlank(model['name']) ? required('model') : null;
}

function missingVision(data: JsonObject): Finding | null {
  const vision = objectOf(data['vision']);
  if (vision['enabled'] !== true) return null;
  const selector = objectOf(vision['configs'])['variable_selector'];
  // Without a selector the files of the message are meant; only one that was emptied is a mistake.
  return Array.isArray(selector) && isUnsetSelector(selector) ? required('vision_variable') : null;
}

/** Rules of llm nodes. */
export function checkLlm(data: JsonObject, context: CheckContext): Finding | null {
  return firstOf(
    () => missingModel(data),
    () => missingPrompt(data, context),
    () => missingQuery(data, context),
    () => missingJinjaVariable(data),
    () => missingVision(data),
  );
}

function promptsOf(data: JsonObject): JsonObject[] {
  const template = data['prompt_template'];
  return Array.isArray(template) ? objectsOf(template) : isObject(template) ? [template] : [];
}

// Only chatflows have a conversation to remember.
function hasMemory(data: JsonObject, context: CheckContext): boolean {
  return context.mode === 'advanced-chat' && isObject(data['memory']);
}

function missingPrompt(data: JsonObject, context: CheckContext): Finding | null {
  if (hasMemory(data, context)) return null;
  const isFilled = promptsOf(data).some(
    (prompt) => !isBlank(prompt['edition_type'] === 'jinja2' ? prompt['jinja2_text'] : prompt['text']),
  );
  return isFilled ? null : required('prompt');
}

function missingQuery(data: JsonObject, context: CheckContext): Finding | null {
  if (!hasMemory(data, context) || objectOf(data['model'])['mode'] === 'completion') return null;
  const template = textOf(objectOf(data['memory'])['query_prompt_template']);
  if (template === '' || template.includes('{{#sys.query#}}')) return null;
  return {
    code: 'query_not_in_template',
    field: 'query_prompt_template',
    message: 'The user prompt of the memory must contain {{#sys.query#}}',
  };
}

function missingJinjaVariable(data: JsonObject): Finding | null {
  if (!promptsOf(data).some((prompt) => prompt['edition_type'] === 'jinja2')) return null;
  return missingBinding(objectOf(data['prompt_config'])['jinja2_variables']);
}

/** Rules of question-classifier nodes. */
export function checkQuestionClassifier(data: JsonObject): Finding | null {
  const classes = objectsOf(data['classes']);
  return firstOf(
    () => (isUnsetSelector(data['query_variable_selector']) ? required('query_variable') : null),
    () => missingModel(data),
    () => (classes.length === 0 ? required('class') : null),
    () => (classes.some((entry) => isBlank(entry['name'])) ? required('class_name') : null),
    () => missingVision(data),
  );
}

/** Rules of parameter-extractor nodes. */
export function checkParameterExtractor(data: JsonObject): Finding | null {
  const parameters = objectsOf(data['parameters']);
  const lacks = (key: string) => parameters.some((parameter) => isBlank(parameter[key]));
  return firstOf(
    () => (isUnsetSelector(data['query']) ? required('query_variable') : null),
    () => missingModel(data),
    () => (parameters.length === 0 ? required('parameter') : null),
    () => (lacks('name') ? required('parameter_name') : null),
    () => (lacks('type') ? required('parameter_type') : null),
    () => (lacks('description') ? required('parameter_description') : null),
    () => missingVision(data),
  );
}

/** Rules of knowledge-retrieval nodes. */
export function checkKnowledgeRetrieval(data: JsonObject, context: CheckContext): Finding | null {
  const datasets = textsOf(data['dataset_ids']);
  return firstOf(
    () => (datasets.length === 0 ? required('knowledge') : null),
    () =>
      data['retrieval_mode'] === 'single'
        ? missingModel(objectOf(data['single_retrieval_config']))
        : missingReranker(
            data,
            datasets.flatMap((id) => context.dataset?.(id) ?? []),
          ),
  );
}

// Results of knowledge bases that cannot be compared by score need a model that ranks them.
function needReranker(facts: DatasetFacts[]): boolean {
  const [first] = facts;
  if (!first) return false;
  if (facts.some((fact) => fact.isExternal) && facts.length > 1) return true;
  if (facts.some((fact) => fact.indexingTechnique !== first.indexingTechnique)) return true;
  return (
    first.indexingTechnique === 'high_quality' &&
    facts.some((fact) => fact.embeddingModel !== first.embeddingModel)
  );
}

function missingReranker(data: JsonObject, facts: DatasetFacts[]): Finding | null {
  const config = objectOf(data['multiple_retrieval_config']);
  const isWeighted = config['reranking_mode'] === 'weighted_score';
  const isMixed = needReranker(facts);
  if (isWeighted && !isMixed) return null;
  if (!isMixed && config['reranking_enable'] !== true) return null;
  const model = objectOf(config['reranking_model']);
  return isBlank(model['provider']) || isBlank(model['model']) ? required('rerank_model') : null;
}

/** Rules of knowledge-index nodes. */
export function checkKnowledgeIndex(data: JsonObject): Finding | null {
  const retrieval = objectOf(data['retrieval_model']);
  return firstOf(
    () => (isBlank(data['chunk_structure']) ? required('chunk_structure') : null),
    () => (isUnsetSelector(data['index_chunk_variable_selector']) ? required('chunks_variable') : null),
    () => (isBlank(data['indexing_technique']) ? required('index_method') : null),
    () =>
      data['indexing_technique'] === 'high_quality' &&
      (isBlank(data['embedding_model']) || isBlank(data['embedding_model_provider']))
        ? required('embedding_model')
        : null,
    () => (isBlank(retrieval['search_method']) ? required('retrieval_method') : null),
    () => {
      const model = objectOf(retrieval['reranking_model']);
      const isOn = retrieval['reranking_enable'] === true && retrieval['reranking_mode'] !== 'weighted_score';
      return isOn && (isBlank(model['reranking_provider_name']) || isBlank(model['reranking_model_name']))
        ? required('rerank_model')
        : null;
    },
  );
}
