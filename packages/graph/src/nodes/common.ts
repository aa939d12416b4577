import { z } from 'zod';
import { flag, list, looseNumber, looseText, numberOrNull, orElse, selector, textOrEmpty } from './fields.ts';

/** How often a failed node is tried again. `retry_interval` is in milliseconds. */
export const retryConfig = orElse(
  z.looseObject({
    retry_enabled: flag,
    max_retries: orElse(looseNumber.pipe(z.int().min(0)), () => 0),
    retry_interval: orElse(looseNumber.pipe(z.number().min(0)), () => 0),
  }),
  () => ({ retry_enabled: false, max_retries: 0, retry_interval: 0 }),
);

/** Retry settings of a node, see `retryConfig`. */
export type RetryConfig = z.output<typeof retryConfig>;

/** What happens when a node fails for good; null lets the run fail. The canvas writes `none` for null. */
export const errorStrategy = z
  .enum(['fail-branch', 'default-value', 'none', ''])
  .nullish()
  .transform((value) => (value === 'fail-branch' || value === 'default-value' ? value : null));

/** What happens when a node fails for good, see `errorStrategy`. */
export type ErrorStrategy = z.output<typeof errorStrategy>;

/** Types that a default value of a failed node may declare. */
export const defaultValueTypes = [
  'string',
  'number',
  'object',
  'array[number]',
  'array[string]',
  'array[object]',
  'array[file]',
] as const;

function readDefaultValue(type: (typeof defaultValueTypes)[number], value: unknown): unknown {
  if (type === 'string' || typeof value !== 'string') return value;
  if (type === 'number') return value.trim() === '' ? Number.NaN : Number(value);
  return JSON.parse(value);
}

function fitsDefaultValueType(type: (typeof defaultValueTypes)[number], value: unknown): boolean {
  const isMapping = (item: unknown) => typeof item === 'object' && item !== null && !Array.isArray(item);
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value);
    case 'object':
      return isMapping(value);
    case 'array[number]':
      return Array.isArray(value) && value.every((item) => typeof item === 'number');
    case 'array[string]':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'array[object]':
    case 'array[file]':
      return Array.isArray(value) && value.every(isMapping);
  }
}

/**
 * An output that a failed node has under the strategy `default-value`.
 * A text given for another type is read as a number or JSON; a value that does not fit its type is an error.
 */
export const defaultValueEntry = z
  .looseObject({ key: looseText, type: z.enum(defaultValueTypes), value: z.unknown().optional() })
  .transform((entry, context) => {
    try {
      const value = readDefaultValue(entry.type, entry.value);
      if (fitsDefaultValueType(entry.type, value)) return { ...entry, value };
    } catch {
      // Text that is not JSON is reported as a misfit below.
    }
    context.addIssue({ code: 'custom', path: ['value'], message: `must be of type ${entry.type}` });
    return z.NEVER;
  });

/** An output that a failed node has, see `defaultValueEntry`. */
export type DefaultValueEntry = z.output<typeof defaultValueEntry>;

/** Keys that every node's data may have. Spread into the schema of each node type. */
export const commonFields = {
  title: textOrEmpty,
  desc: textOrEmpty,
  version: orElse(looseText, () => '1'),
  error_strategy: errorStrategy,
  default_value: list(defaultValueEntry),
  retry_config: retryConfig,
  iteration_id: looseText.nullish(),
  loop_id: looseText.nullish(),
};

/** The schema of one node type's data: its `type`, the common keys and its own; unknown keys are kept. */
export function nodeData<T extends string, F extends z.ZodRawShape>(type: T, fields: F) {
  return z.looseObject({ type: z.literal(type), ...commonFields, ...fields });
}

/** The model that a node calls. `completion_params` may hold texts with placeholders. */
export const modelConfig = orElse(
  z.looseObject({
    provider: textOrEmpty,
    name: textOrEmpty,
    mode: orElse(z.enum(['chat', 'completion']).catch('chat'), () => 'chat' as const),
    completion_params: orElse(z.record(z.string(), z.unknown()), () => ({})),
  }),
  () => ({ provider: '', name: '', mode: 'chat' as const, completion_params: {} }),
);

/** The model that a node calls, see `modelConfig`. */
export type ModelConfig = z.output<typeof modelConfig>;

const visionConfigs = orElse(
  z.looseObject({
    variable_selector: selector.transform((value) => (value.length > 0 ? value : ['sys', 'files'])),
    detail: orElse(z.enum(['high', 'low']).catch('high'), () => 'high' as const),
  }),
  () => ({ variable_selector: ['sys', 'files'], detail: 'high' as const }),
);

/** Files that are shown to the model. */
export const visionConfig = orElse(z.looseObject({ enabled: flag, configs: visionConfigs }), () => ({
  enabled: false,
  configs: { variable_selector: ['sys', 'files'], detail: 'high' as const },
}));

/** Files that are shown to the model, see `visionConfig`. */
export type VisionConfig = z.output<typeof visionConfig>;

/** Messages of the conversation that a node shows to its model; null: none. */
export const memoryConfig = z
  .looseObject({
    role_prefix: orElse(z.looseObject({ user: textOrEmpty, assistant: textOrEmpty }), () => null),
    window: orElse(z.looseObject({ enabled: flag, size: numberOrNull }), () => ({
      enabled: false,
      size: null,
    })),
    query_prompt_template: textOrEmpty,
  })
  .nullish()
  .transform((value) => value ?? null);

/** Messages of the conversation that a node shows to its model, see `memoryConfig`. */
export type MemoryConfig = NonNullable<z.output<typeof memoryConfig>>;
