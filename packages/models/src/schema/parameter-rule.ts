import { z } from 'zod';
import { i18nSchema } from './common.ts';
import { parameterTemplates } from './parameter-templates.ts';

/** Value types of call parameters. */
export const parameterTypes = ['float', 'int', 'string', 'boolean', 'text'] as const;

/** A parameter rule as written in a catalogue file: everything but the name may come from its template. */
export const parameterRuleInputSchema = z.object({
  name: z.string().min(1),
  use_template: z.string().nullish(),
  label: i18nSchema.optional(),
  type: z.enum(parameterTypes).optional(),
  help: i18nSchema.nullish(),
  required: z.boolean().optional(),
  default: z.unknown().optional(),
  min: z.number().nullish(),
  max: z.number().nullish(),
  precision: z.int().min(0).nullish(),
  options: z.array(z.coerce.string()).optional(),
});

/** One parameter that a model accepts, its template merged in. */
export interface ParameterRule {
  name: string;
  use_template: string | null;
  label: z.infer<typeof i18nSchema>;
  type: (typeof parameterTypes)[number];
  help: z.infer<typeof i18nSchema> | null;
  required: boolean;
  default: unknown;
  min: number | null;
  max: number | null;
  /** Decimals allowed; null for any number of them. */
  precision: number | null;
  options: string[];
}

/** Merges a rule with its template: what the rule says itself wins, zeros and `false` included. */
export function completeParameterRule(input: z.infer<typeof parameterRuleInputSchema>): ParameterRule {
  const template = input.use_template ? parameterTemplates[input.use_template] : undefined;
  const label = input.label ?? template?.label ?? { en_US: input.name, zh_Hans: input.name };
  return {
    name: input.name,
    use_template: input.use_template ?? null,
    label,
    type: input.type ?? template?.type ?? 'string',
    help: input.help ?? template?.help ?? null,
    required: input.required ?? false,
    default: input.default ?? template?.default ?? null,
    min: input.min ?? template?.min ?? null,
    max: input.max ?? template?.max ?? null,
    precision: input.precision ?? template?.precision ?? null,
    options: input.options ?? template?.options ?? [],
  };
}
