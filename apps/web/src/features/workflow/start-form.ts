import { type FormItem, type FormVariable, readForm } from '../../api/model-config.ts';

type Data = Readonly<Record<string, unknown>>;

/** Names that older files give to controls. */
const olderTypes: Readonly<Record<string, string>> = {
  url: 'text-input',
  files: 'file-list',
  json: 'json_object',
};

function objectsIn(value: unknown): Data[] {
  return Array.isArray(value)
    ? value.filter((item): item is Data => typeof item === 'object' && item !== null)
    : [];
}

function dataOf(value: unknown): Data {
  return typeof value === 'object' && value !== null ? (value as Data) : {};
}

/** The form that a graph's start node asks for; empty where it begins with a trigger. */
export function startFormOf(graph: unknown): FormVariable[] {
  const start = objectsIn(dataOf(graph)['nodes'])
    .map((node) => dataOf(node['data']))
    .find((data) => data['type'] === 'start');
  const items = objectsIn(start?.['variables']).map((field): FormItem => {
    const type = typeof field['type'] === 'string' ? field['type'] : 'text-input';
    return { [olderTypes[type] ?? type]: { ...field } };
  });
  return readForm(items);
}
