import type { ModelConfig } from '@trellis/graph';
import type { ModelReference } from '../../ports/index.ts';
import type { PoolReader } from '../../values/pool.ts';
import { renderTemplate } from '../../values/template.ts';

const longestParameter = 1024;

/** The model a node names, with placeholders in its parameters resolved. */
export function resolveModel(model: ModelConfig, pool: PoolReader): ModelReference {
  const parameters = Object.fromEntries(
    Object.entries(model.completion_params).map(([name, value]) => [name, resolveParameter(value, pool)]),
  );
  return { provider: model.provider, name: model.name, mode: model.mode, parameters };
}

/** A text with placeholders becomes its value; numbers and booleans written as JSON become such. */
function resolveParameter(value: unknown, pool: PoolReader): unknown {
  if (typeof value !== 'string' || !value.includes('{{#')) return value;
  const text = renderTemplate(value, pool).slice(0, longestParameter);
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'number' || typeof parsed === 'boolean' ? parsed : text;
  } catch {
    return text;
  }
}
