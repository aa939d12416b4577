import { type BasicAppMode, checkModelConfig as checkAgainstFormat } from '@trellis/graph';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { invalidParam } from '../../platform/errors.ts';
import type { ModelService } from '../models/service.ts';
import type { AppMode } from './store.ts';

/**
 * Checks a configuration that is to be published or run, and answers the form in which it is stored: the keys that
 * the mode has, the provider's full id, the model's real mode. 400 names the first key that does not hold.
 */
export async function checkModelConfig(
  submitted: Record<string, unknown>,
  context: { mode: AppMode; models: ModelService; scope: WorkspaceScope },
): Promise<Record<string, unknown>> {
  const checked = checkAgainstFormat(submitted, context.mode as BasicAppMode);
  if (!checked.ok) {
    const [issue] = checked.issues;
    const path = issue?.path ?? '';
    throw invalidParam(`${path === '' ? '' : `${path}: `}${issue?.message ?? 'is not valid'}`, path);
  }
  const { model } = checked.config;
  const mode = await context.models.modeOf(context.scope, { provider: model.provider, model: model.name });
  return { ...checked.stored, model: { ...(checked.stored['model'] as object), mode } };
}
