import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf, textsOf } from '../graph/json.ts';
import type { Selector } from '../nodes/fields.ts';
import { placeholdersIn } from './placeholders.ts';

/**
 * The variables that a node reads, as its stored data names them; what is switched off is left out. Selectors that
 * are not filled in yet are left out too.
 */
export function referencesOf(data: JsonObject): Selector[] {
  const readers: Record<string, (data: JsonObject) => Selector[]> = {
    answer: () => placeholdersIn(textOf(data['answer'])),
    end: () => bindings(data['outputs']),
    code: () => bindings(data['variables']),
    'template-transform': () => bindings(data['variables']),
    llm: referencesOfLlm,
    'question-classifier': () => [
      selectorOf(data['query_variable_selector']),
      ...placeholdersIn(textOf(data['instruction'])),
      ...vision(data),
      ...memory(data),
    ],
    'parameter-extractor': () => [
      selectorOf(data['query']),
      ...placeholdersIn(textOf(data['instruction'])),
      ...vision(data),
      ...memory(data),
    ],
    'knowledge-retrieval': referencesOfRetrieval,
    'if-else': referencesOfIfElse,
    'http-request': referencesOfHttpRequest,
    tool: () => [...typedValues(data['tool_parameters']), ...typedValues(data['tool_configurations'])],
    agent: referencesOfAgent,
    datasource: () => typedValues(data['datasource_parameters']),
    'variable-aggregator': referencesOfAggregator,
    'variable-assigner': referencesOfAggregator,
    assigner: referencesOfAssigner,
    iteration: () => [selectorOf(data['iterator_selector']), selectorOf(data['output_selector'])],
    loop: referencesOfLoop,
    'document-extractor': () => [selectorOf(data['variable_selector'])],
    'list-operator': referencesOfListOperator,
    'human-input': referencesOfHumanInput,
    'knowledge-index': () => [selectorOf(data['index_chunk_variable_selector'])],
  };
  const references = readers[textOf(data['type'])]?.(data) ?? [];
  return references.filter((selector) => selector.length > 0 && selector[0] !== '');
}

function selectorOf(stored: unknown): Selector {
  return textsOf(stored);
}

function bindings(stored: unknown): Selector[] {
  return objectsOf(stored).map((binding) => selectorOf(binding['value_selector']));
}

function vision(data: JsonObject): Selector[] {
  const stored = objectOf(data['vision']);
  return stored['enabled'] === true ? [selectorOf(objectOf(stored['configs'])['variable_selector'])] : [];
}

function memory(data: JsonObject): Selector[] {
  return placeholdersIn(textOf(objectOf(data['memory'])['query_prompt_template']));
}

function referencesOfLlm(data: JsonObject): Selector[] {
  const template = data['prompt_template'];
  const prompts = Array.isArray(template) ? objectsOf(template) : [objectOf(template)];
  const references = prompts.flatMap((prompt) =>
    prompt['edition_type'] === 'jinja2' ? [] : placeholdersIn(textOf(prompt['text'])),
  );
  if (prompts.some((prompt) => prompt['edition_type'] === 'jinja2')) {
    references.push(...bindings(objectOf(data['prompt_config'])['jinja2_variables']));
  }
  const context = objectOf(data['context']);
  if (context['enabled'] === true) references.push(selectorOf(context['variable_selector']));
  for (const value of Object.values(objectOf(objectOf(data['model'])['completion_params']))) {
    references.push(...placeholdersIn(textOf(value)));
  }
  return [...references, ...vision(data), ...memory(data)];
}

function referencesOfRetrieval(data: JsonObject): Selector[] {
  const references = [
    selectorOf(data['query_variable_selector']),
    selectorOf(data['query_attachment_selector']),
  ];
  if (data['metadata_filtering_mode'] === 'manual') {
    const conditions = objectOf(data['metadata_filtering_conditions'])['conditions'];
    for (const condition of objectsOf(conditions)) references.push(...textReferences(condition['value']));
  }
  return references;
}

function textReferences(value: unknown): Selector[] {
  if (Array.isArray(value)) return value.flatMap(textReferences);
  return typeof value === 'string' ? placeholdersIn(value) : [];
}

function conditionReferences(conditions: unknown): Selector[] {
  return objectsOf(conditions).flatMap((condition) => [
    selectorOf(condition['variable_selector']),
    ...textReferences(condition['value']),
    ...objectsOf(objectOf(condition['sub_variable_condition'])['conditions']).flatMap((sub) =>
      textReferences(sub['value']),
    ),
  ]);
}

function referencesOfIfElse(data: JsonObject): Selector[] {
  if (!Array.isArray(data['cases'])) return conditionReferences(data['conditions']);
  return objectsOf(data['cases']).flatMap((entry) => conditionReferences(entry['conditions']));
}

function referencesOfHttpRequest(data: JsonObject): Selector[] {
  const references = ['url', 'headers', 'params'].flatMap((key) => placeholdersIn(textOf(data[key])));
  const authorization = objectOf(data['authorization']);
  if (authorization['type'] === 'api-key') {
    references.push(...placeholdersIn(textOf(objectOf(authorization['config'])['api_key'])));
  }
  const body = objectOf(data['body']);
  if (body['type'] === 'none') return references;
  references.push(...textReferences(body['data']));
  for (const item of objectsOf(body['data'])) {
    references.push(...placeholdersIn(textOf(item['key'])));
    references.push(
      ...(item['type'] === 'file' || body['type'] === 'binary'
        ? [selectorOf(item['file'])]
        : placeholdersIn(textOf(item['value']))),
    );
  }
  return references;
}

/** Variables in one `{type, value}`, or in a plain text. */
function typedValue(stored: unknown): Selector[] {
  if (typeof stored === 'string') return placeholdersIn(stored);
  if (!isObject(stored)) return [];
  return stored['type'] === 'variable' ? [selectorOf(stored['value'])] : textReferences(stored['value']);
}

function typedValues(stored: unknown): Selector[] {
  return Object.values(objectOf(stored)).flatMap(typedValue);
}

function referencesOfAgent(data: JsonObject): Selector[] {
  const references = memory(data);
  for (const parameter of Object.values(objectOf(data['agent_parameters']))) {
    references.push(...typedValue(parameter));
    const value = objectOf(parameter)['value'];
    const tools = Array.isArray(value) ? objectsOf(value) : isObject(value) ? [value] : [];
    for (const tool of tools.filter((entry) => entry['enabled'] !== false)) {
      for (const fixed of Object.values(objectOf(tool['parameters'])).map(objectOf)) {
        if (fixed['auto'] === 0) references.push(...typedValue(fixed['value']));
      }
      for (const setting of Object.values(objectOf(tool['settings'])).map(objectOf)) {
        references.push(...typedValue(setting['value']));
      }
    }
  }
  return references;
}

function referencesOfAggregator(data: JsonObject): Selector[] {
  const settings = objectOf(data['advanced_settings']);
  if (settings['group_enabled'] !== true) return listOf(data['variables']).map(selectorOf);
  return objectsOf(settings['groups']).flatMap((group) => listOf(group['variables']).map(selectorOf));
}

function referencesOfAssigner(data: JsonObject): Selector[] {
  if (!Array.isArray(data['items'])) {
    return [selectorOf(data['assigned_variable_selector']), selectorOf(data['input_variable_selector'])];
  }
  return objectsOf(data['items']).flatMap((item) => {
    const isVariable = (item['input_type'] ?? 'variable') === 'variable';
    return [
      selectorOf(item['variable_selector']),
      ...(isVariable && Array.isArray(item['value']) ? [selectorOf(item['value'])] : []),
    ];
  });
}

function referencesOfLoop(data: JsonObject): Selector[] {
  const initial = objectsOf(data['loop_variables']).filter(
    (variable) => variable['value_type'] === 'variable',
  );
  return [
    ...initial.map((variable) => selectorOf(variable['value'])),
    ...conditionReferences(data['break_conditions']),
  ];
}

function referencesOfListOperator(data: JsonObject): Selector[] {
  const references = [selectorOf(data['variable'])];
  const filter = objectOf(data['filter_by']);
  if (filter['enabled'] === true) {
    for (const condition of objectsOf(filter['conditions']))
      references.push(...textReferences(condition['value']));
  }
  const extract = objectOf(data['extract_by']);
  if (extract['enabled'] === true) references.push(...placeholdersIn(textOf(extract['serial'])));
  return references;
}

function referencesOfHumanInput(data: JsonObject): Selector[] {
  const references = placeholdersIn(textOf(data['form_content']));
  for (const input of objectsOf(data['inputs'])) {
    const fallback = objectOf(input['default']);
    if (fallback['type'] === 'variable') references.push(selectorOf(fallback['selector']));
  }
  for (const method of objectsOf(data['delivery_methods'])) {
    const config = objectOf(method['config']);
    references.push(...placeholdersIn(textOf(config['subject'])), ...placeholdersIn(textOf(config['body'])));
  }
  return references;
}
