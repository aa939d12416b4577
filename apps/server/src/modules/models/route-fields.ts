import { type ModelType, modelTypes, parseModelType } from '@trellis/models';
import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';

/** Where the list of providers is. */
export const providersPath = '/console/api/workspaces/current/model-providers';

/** Where a provider is: its id has three parts, `organisation/plugin/provider`. */
export const providerPath = `${providersPath}/:organisation/:plugin/:name`;

const part = z.string().regex(/^[a-z0-9_-]+$/);

/** The parts of a provider's id in a path. */
export const providerParams = z.object({ organisation: part, plugin: part, name: part });

/** The id that the parts of a path make. */
export const providerIdOf = (params: z.infer<typeof providerParams>): string =>
  `${params.organisation}/${params.plugin}/${params.name}`;

/** A type of model, by any of its names. */
export const modelTypeField = z.string().transform((text, context): ModelType => {
  const type = parseModelType(text);
  if (type) return type;
  context.addIssue({ code: 'custom', message: `must be one of ${modelTypes.join(', ')}` });
  return z.NEVER;
});

/** What names a model of a provider. */
export const modelFields = { model: z.string().min(1).max(255), model_type: modelTypeField };

/** Credentials and what people call them. */
export const credentialFields = {
  credentials: z.record(z.string(), z.unknown()),
  name: z.string().optional(),
};

/** What the console's model routes have in common. */
export const modelRoute = { auth: 'console', tag: 'Models', rate: 'default' } as const;

/** How a check of credentials went. */
export const validationResult = z.object({
  result: z.enum(['success', 'error']),
  error: z.string().optional(),
});

/** Runs a check of credentials. A refused credential is an answer here, not an error. */
export async function validation(check: () => Promise<unknown>): Promise<z.infer<typeof validationResult>> {
  try {
    await check();
    return { result: 'success' };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'invalid_param')
      return { result: 'error', error: error.message };
    throw error;
  }
}
