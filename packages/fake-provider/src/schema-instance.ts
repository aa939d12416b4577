type JsonSchema = Record<string, unknown>;

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A value that satisfies a JSON schema of the kind used for tools and structured output: defaults, constants and
 * first enum members where given, `text` for strings, counts for numbers, one item per array, every property.
 */
export function schemaInstance(schema: JsonSchema, text: string, definitions: JsonSchema = schema): unknown {
  if (typeof schema['$ref'] === 'string') {
    const target = schema['$ref']
      .split('/')
      .slice(1)
      .reduce<unknown>((node, key) => (isSchema(node) ? node[key] : undefined), definitions);
    // A schema that refers to itself without a way out has no finite instance; null ends it.
    return isSchema(target) && target !== schema ? schemaInstance(target, text, definitions) : null;
  }
  if ('default' in schema) return schema['default'];
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return schema['enum'][0];
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const options = schema[key];
    if (Array.isArray(options) && isSchema(options[0])) return schemaInstance(options[0], text, definitions);
  }
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'string':
      return text.slice(0, typeof schema['maxLength'] === 'number' ? schema['maxLength'] : 200);
    case 'integer':
    case 'number':
      return numberWithin(schema, firstNumber(text) ?? 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return isSchema(schema['items']) ? [schemaInstance(schema['items'], text, definitions)] : [];
    default:
      return objectInstance(schema, text, definitions);
  }
}

function objectInstance(schema: JsonSchema, text: string, definitions: JsonSchema): Record<string, unknown> {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) =>
      isSchema(property) && property['$ref'] !== '#'
        ? [[name, schemaInstance(property, text, definitions)]]
        : [],
    ),
  );
}

function numberWithin(schema: JsonSchema, value: number): number {
  const lowest = typeof schema['minimum'] === 'number' ? schema['minimum'] : -Infinity;
  const highest = typeof schema['maximum'] === 'number' ? schema['maximum'] : Infinity;
  return Math.min(highest, Math.max(lowest, value));
}

function firstNumber(text: string): number | undefined {
  const found = /-?\d+/u.exec(text);
  return found === null ? undefined : Number(found[0]);
}
