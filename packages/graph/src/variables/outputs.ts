import type { CanvasNode } from '../graph/canvas.ts';
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../graph/json.ts';
import { toNodeType } from '../nodes/registry.ts';

/** A variable that a node offers to later nodes. */
export interface OutputVariable {
  name: string;
  /** The type as the picker shows it: `string`, `number`, `boolean`, `object`, `file`, `array[…]` or `any`. */
  type: string;
  /** JSON schema of an object, where it is known. */
  schema?: JsonObject;
}

/** The variables that a node offers. */
export interface NodeOutputs {
  variables: OutputVariable[];
  /** The node may have outputs that the graph does not tell of, as tools do. */
  isOpen: boolean;
}

const typeOfInput: Record<string, string> = {
  number: 'number',
  checkbox: 'boolean',
  file: 'file',
  'file-list': 'array[file]',
  json_object: 'object',
  json: 'object',
  files: 'array[file]',
};

const fixedOutputs: Record<string, [name: string, type: string][]> = {
  'knowledge-retrieval': [['result', 'array[object]']],
  'question-classifier': [
    ['class_name', 'string'],
    ['class_label', 'string'],
    ['class_id', 'string'],
    ['usage', 'object'],
  ],
  'template-transform': [['output', 'string']],
  'http-request': [
    ['body', 'string'],
    ['status_code', 'number'],
    ['headers', 'object'],
    ['files', 'array[file]'],
  ],
  'if-else': [
    ['result', 'boolean'],
    ['selected_case_id', 'string'],
  ],
  answer: [
    ['answer', 'string'],
    ['files', 'array[file]'],
  ],
};

/** The variables that a node offers to later nodes, as its stored data tells. */
export function outputsOf(node: CanvasNode): NodeOutputs {
  const outputs = ownOutputs(node.data);
  const strategy = node.data['error_strategy'];
  if (strategy === 'fail-branch' || strategy === 'default-value') {
    outputs.variables.push(
      ...named([
        ['error_message', 'string'],
        ['error_type', 'string'],
      ]),
    );
  }
  return outputs;
}

function named(entries: [name: string, type: string][]): OutputVariable[] {
  return entries.map(([name, type]) => ({ name, type }));
}

function closed(variables: OutputVariable[]): NodeOutputs {
  return { variables, isOpen: false };
}

function ownOutputs(data: JsonObject): NodeOutputs {
  const type = toNodeType(textOf(data['type']));
  switch (type) {
    case null:
      return { variables: [], isOpen: true };
    case 'start':
      return closed(objectsOf(data['variables']).map(inputVariable));
    case 'llm':
      return closed(llmOutputs(data));
    case 'code':
      return closed(
        Object.entries(objectOf(data['outputs'])).map(([name, output]) => ({
          name,
          type: textOf(objectOf(output)['type']) || 'any',
        })),
      );
    case 'tool':
    case 'agent':
      return toolOutputs(data, type === 'agent' ? [['usage', 'object']] : []);
    case 'variable-aggregator':
      return closed(aggregatorOutputs(data));
    case 'parameter-extractor':
      return closed([
        ...objectsOf(data['parameters']).map((parameter) => ({
          name: textOf(parameter['name']),
          type: extractedType(textOf(parameter['type'])),
        })),
        ...named([
          ['__is_success', 'number'],
          ['__reason', 'string'],
          ['__usage', 'object'],
        ]),
      ]);
    case 'iteration':
      return closed([{ name: 'output', type: textOf(data['output_type']) || 'array[any]' }]);
    case 'loop':
      return closed([
        ...objectsOf(data['loop_variables']).map((variable) => ({
          name: textOf(variable['label']),
          type: textOf(variable['var_type']) || 'any',
        })),
        { name: 'loop_round', type: 'number' },
      ]);
    case 'document-extractor':
      return closed([{ name: 'text', type: data['is_array_file'] === true ? 'array[string]' : 'string' }]);
    case 'list-operator': {
      const list = textOf(data['var_type']) || 'array[any]';
      const item = textOf(data['item_var_type']) || 'any';
      return closed(
        named([
          ['result', list],
          ['first_record', item],
          ['last_record', item],
        ]),
      );
    }
    case 'human-input':
      return closed([
        ...objectsOf(data['inputs']).map((input) => ({
          name: textOf(input['output_variable_name']),
          type: typeOfInput[textOf(input['type'])] ?? 'string',
        })),
        ...named([
          ['__action_id', 'string'],
          ['__action_value', 'string'],
          ['__rendered_content', 'string'],
        ]),
      ]);
    case 'trigger-webhook':
      return closed(webhookOutputs(data));
    case 'trigger-plugin':
    case 'datasource':
      return { variables: [], isOpen: true };
    default:
      return closed(named(fixedOutputs[type] ?? []));
  }
}

function inputVariable(stored: JsonObject): OutputVariable {
  const schema = stored['json_schema'];
  return {
    name: textOf(stored['variable']),
    type: typeOfInput[textOf(stored['type'])] ?? 'string',
    ...(isObject(schema) && { schema }),
  };
}

function extractedType(type: string): string {
  if (type === 'bool') return 'boolean';
  return type === 'select' || type === '' ? 'string' : type;
}

function llmOutputs(data: JsonObject): OutputVariable[] {
  const outputs = named([
    ['text', 'string'],
    ['reasoning_content', 'string'],
    ['usage', 'object'],
    ['finish_reason', 'string'],
    ['files', 'array[file]'],
  ]);
  if (data['structured_output_enabled'] === true || data['structured_output_switch_on'] === true) {
    const schema = objectOf(data['structured_output'])['schema'];
    outputs.push({ name: 'structured_output', type: 'object', ...(isObject(schema) && { schema }) });
  }
  return outputs;
}

function schemaType(schema: JsonObject): string {
  const type = textOf(schema['type']);
  if (type === 'array') return `array[${schemaType(objectOf(schema['items']))}]`;
  return type === 'integer' ? 'number' : type || 'any';
}

function toolOutputs(data: JsonObject, more: [string, string][]): NodeOutputs {
  const schema = data['output_schema'];
  const properties = Object.entries(objectOf(objectOf(schema)['properties'])).map(([name, property]) => ({
    name,
    type: schemaType(objectOf(property)),
    schema: objectOf(property),
  }));
  return {
    variables: [
      ...named([['text', 'string'], ['files', 'array[file]'], ['json', 'array[object]'], ...more]),
      ...properties,
    ],
    isOpen: !isObject(schema),
  };
}

function aggregatorOutputs(data: JsonObject): OutputVariable[] {
  const settings = objectOf(data['advanced_settings']);
  if (settings['group_enabled'] !== true) {
    return [{ name: 'output', type: textOf(data['output_type']) || 'any' }];
  }
  return objectsOf(settings['groups']).map((group) => ({
    name: textOf(group['group_name']),
    type: 'object',
    schema: { type: 'object', properties: { output: { type: textOf(group['output_type']) || 'any' } } },
  }));
}

function webhookOutputs(data: JsonObject): OutputVariable[] {
  const inputs = [
    ...objectsOf(data['headers']).map((header): [string, string] => [
      textOf(header['name']).replaceAll('-', '_'),
      'string',
    ]),
    ...[...objectsOf(data['params']), ...objectsOf(data['body'])].map((input): [string, string] => [
      textOf(input['name']),
      textOf(input['type']) || 'string',
    ]),
  ];
  return named([...inputs, ['_webhook_raw', 'object']]);
}

/** The variables of a container that its children may read besides those that it offers to later nodes. */
export function innerOutputsOf(container: CanvasNode): OutputVariable[] {
  if (container.data['type'] !== 'iteration') return outputsOf(container).variables;
  return named([
    ['item', 'any'],
    ['index', 'number'],
  ]);
}
