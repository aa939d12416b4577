import { z } from 'zod';

/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 uses it. */
export type JsonSchema = { [key: string]: unknown };

/** Which side of a schema is described: what callers may send, or what they are answered with. */
export type SchemaSide = 'input' | 'output';

/** Schemas that have a name of their own in the document. */
export type NamedSchemas = Readonly<Record<string, z.ZodType>>;

/** Describes zod schemas and gathers the named ones that were met on the way. */
export class SchemaWriter {
  readonly #names = z.registry<{ id: string }>();
  readonly #met = new Map<string, JsonSchema>();

  constructor(named: NamedSchemas = {}) {
    for (const [id, schema] of Object.entries(named)) this.#names.add(schema, { id });
  }

  /** The JSON Schema of a zod schema; named schemas become references. */
  write(schema: z.ZodType, side: SchemaSide): JsonSchema {
    const { $defs, $schema: _version, id, ...body } = this.#convert(schema, side);
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>)) {
      this.#met.set(name, withoutId(definition));
    }
    if (typeof id !== 'string') return body;
    this.#met.set(id, body);
    return { $ref: componentPath(id) };
  }

  /** The named schemas that were used, by name. */
  components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#met].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  #convert(schema: z.ZodType, side: SchemaSide): JsonSchema {
    const converted = z.toJSONSchema(schema, {
      io: side,
      target: 'draft-2020-12',
      unrepresentable: 'any',
      metadata: this.#names,
      override: ({ zodSchema, jsonSchema }) => tidy(zodSchema, jsonSchema as JsonSchema),
    });
    return withComponentPaths(converted) as JsonSchema;
  }
}

/** Where a named schema stands in the document. */
export function componentPath(name: string): string {
  return `#/components/schemas/${name}`;
}

/** Takes out what says nothing to a reader, and says what the conversion cannot see. */
function tidy(zodSchema: z.core.$ZodTypes, json: JsonSchema): void {
  const definition = zodSchema._zod.def;
  // Converting with a registry of names passes over the registry that `describe` writes to.
  const description = z.globalRegistry.get(zodSchema)?.description;
  if (description !== undefined) json['description'] = description;
  // "true" and "false" in a query; the conversion sees the text only.
  if (definition.type === 'pipe' && definition.out._zod.def.type === 'boolean') json['type'] = 'boolean';
  // Answers grow: a client that refuses new fields would break with every release.
  if (json['additionalProperties'] === false) delete json['additionalProperties'];
  if (json['type'] === 'integer') {
    if (json['minimum'] === Number.MIN_SAFE_INTEGER) delete json['minimum'];
    if (json['maximum'] === Number.MAX_SAFE_INTEGER) delete json['maximum'];
  }
  if (json['format'] !== undefined) delete json['pattern'];
  if (definition.type === 'record') delete json['propertyNames'];
}

function withoutId({ id: _id, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

/** The converter puts named schemas under `$defs`; the document keeps them with its components. */
function withComponentPaths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withComponentPaths);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string'
        ? item.replace('#/$defs/', '#/components/schemas/')
        : withComponentPaths(item),
    ]),
  );
}
