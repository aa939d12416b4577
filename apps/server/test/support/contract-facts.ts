/** A JSON value whose shape is looked at, not its type. */
type Json = { [key: string]: unknown };

/** What a value looks like: its kind, and what is inside. `any` says nothing. */
export interface Shape {
  kind: 'any' | 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';
  fields?: Record<string, Shape>;
  items?: Shape;
}

/** What callers of an operation rely on. */
export interface OperationFacts {
  /** Names by place, `query limit`. */
  parameters: string[];
  body?: { type: string; fields: string[]; required: string[] };
  /** Status of the success, its content types, and the shape of its JSON. */
  success: { status: number; types: string[]; shape?: Shape };
}

/** The facts of every operation of an OpenAPI document that `isWanted`, by `GET /path`. */
export function factsOf(
  document: Json,
  isWanted: (method: string, path: string) => boolean = () => true,
): Record<string, OperationFacts> {
  const reader = new FactReader(document);
  const facts: Record<string, OperationFacts> = {};
  for (const [path, item] of Object.entries(document['paths'] as Record<string, Json>)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const operation = item[method] as Json | undefined;
      if (operation === undefined || !isWanted(method.toUpperCase(), path)) continue;
      facts[`${method.toUpperCase()} ${withoutNames(path)}`] = reader.operation(operation, item);
    }
  }
  return facts;
}

/** Names of path parameters are nobody's business but the document's. */
function withoutNames(path: string): string {
  return path.replace(/\{[^}]+\}/g, '{}');
}

const maxDepth = 6;

class FactReader {
  readonly #document: Json;

  constructor(document: Json) {
    this.#document = document;
  }

  operation(operation: Json, item: Json): OperationFacts {
    const parameters = [...list(item['parameters']), ...list(operation['parameters'])]
      .map((parameter) => this.#resolve(parameter))
      .filter((parameter) => parameter['in'] === 'query')
      .map((parameter) => `${parameter['in']} ${parameter['name']}`);
    const body = this.#body(operation['requestBody'] as Json | undefined);
    return {
      parameters: parameters.sort(),
      ...(body === undefined ? {} : { body }),
      success: this.#success(operation['responses'] as Record<string, Json>),
    };
  }

  #body(requestBody: Json | undefined): OperationFacts['body'] {
    const content = requestBody && (this.#resolve(requestBody)['content'] as Record<string, Json>);
    const [type] = Object.keys(content ?? {});
    if (!content || type === undefined) return undefined;
    const schema = this.#flat((content[type]?.['schema'] ?? {}) as Json);
    return {
      type,
      fields: Object.keys((schema['properties'] ?? {}) as Json).sort(),
      required: [...((schema['required'] ?? []) as string[])].sort(),
    };
  }

  #success(responses: Record<string, Json>): OperationFacts['success'] {
    const [status = '200', response = {}] =
      Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
    const content = (this.#resolve(response)['content'] ?? {}) as Record<string, Json>;
    const json = content['application/json']?.['schema'] as Json | undefined;
    return {
      status: Number(status),
      types: Object.keys(content).sort(),
      ...(json === undefined ? {} : { shape: this.#shape(json, 0) }),
    };
  }

  #shape(given: Json, depth: number): Shape {
    const schema = this.#flat(given);
    const kind = kindOf(schema);
    if (kind === 'array' && depth < maxDepth) {
      return { kind, items: this.#shape((schema['items'] ?? {}) as Json, depth + 1) };
    }
    const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Json>);
    if (properties.length === 0 || depth >= maxDepth) return { kind };
    return {
      kind: 'object',
      fields: Object.fromEntries(properties.map(([name, value]) => [name, this.#shape(value, depth + 1)])),
    };
  }

  /** References followed, `allOf` merged, the null of a nullable value left out. */
  #flat(given: Json): Json {
    const schema = this.#resolve(given);
    const all = list(schema['allOf']);
    if (all.length > 0) {
      const parts = [...all.map((part) => this.#flat(part)), { ...schema, allOf: undefined }];
      return {
        ...Object.assign({}, ...parts),
        properties: Object.assign({}, ...parts.map((part) => part['properties'] ?? {})),
        required: parts.flatMap((part) => (part['required'] ?? []) as string[]),
      };
    }
    const choices = [...list(schema['oneOf']), ...list(schema['anyOf'])].filter(
      (choice) => choice['type'] !== 'null',
    );
    return choices.length === 1 && choices[0] ? this.#flat(choices[0]) : schema;
  }

  #resolve(value: Json): Json {
    if (typeof value['$ref'] !== 'string') return value;
    const path = value['$ref'].slice(2).split('/');
    const target = path.reduce<unknown>((inner, key) => (inner as Json)[key], this.#document) as Json;
    return this.#resolve(target);
  }
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

function kindOf(schema: Json): Shape['kind'] {
  const types = [schema['type']].flat().filter((type) => type !== undefined && type !== 'null');
  const [type] = types;
  if (types.length !== 1) return schema['properties'] === undefined ? 'any' : 'object';
  return type === 'integer' ? 'number' : (type as Shape['kind']);
}

/** Where an answer lacks what clients of the reference read; empty when it has all of it. */
export function missingFrom(ours: Shape, reference: Shape, path = ''): string[] {
  if (ours.kind === 'any' || reference.kind === 'any') return [];
  if (ours.kind !== reference.kind) return [`${path || '.'} is ${ours.kind}, not ${reference.kind}`];
  if (reference.items) return missingFrom(ours.items ?? { kind: 'any' }, reference.items, `${path}[]`);
  // An object without declared fields may hold anything.
  if (ours.fields === undefined) return [];
  return Object.entries(reference.fields ?? {}).flatMap(([name, shape]) => {
    const own = ours.fields?.[name];
    return own === undefined ? [`${path}.${name} is missing`] : missingFrom(own, shape, `${path}.${name}`);
  });
}
