import type { StartVariable } from '@trellis/graph';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError } from '../../platform/errors.ts';
import { type PromptConfig, readPromptConfig } from '../apps/prompt-config.ts';
import type { Definition, Definitions } from './definition.ts';

/** An app as far as its published version is asked for. */
type PublishedApp = Pick<AppSnapshot, 'id' | 'workflowId'>;

/**
 * The features and the form of a published graph in the shape of a prompt app's configuration, so that parameters,
 * suggestions and openers are told the same way for all apps.
 */
export class PromptViews {
  readonly #definitions: Definitions;
  readonly #views = new WeakMap<Definition, PromptConfig>();

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** `app_unavailable` for an app that has not been published. */
  async of(scope: WorkspaceScope, app: PublishedApp): Promise<PromptConfig> {
    const definition =
      app.workflowId === null ? null : await this.#definitions.find(scope, app.id, app.workflowId);
    if (!definition) throw new ApiError('app_unavailable');
    const known = this.#views.get(definition);
    if (known) return known;
    const view = readPromptConfig({
      ...definition.features,
      user_input_form: definition.form.map((field) => ({ [field.type]: settingsOf(field) })),
    });
    this.#views.set(definition, view);
    return view;
  }
}

const textTypes = new Set<StartVariable['type']>(['text-input', 'paragraph', 'url']);
const fileTypes = new Set<StartVariable['type']>(['file', 'file-list', 'files']);

/** A form field as `GET /parameters` tells it (spec: service API §14.2). */
function settingsOf(field: StartVariable): Record<string, unknown> {
  const { variable, label, required, type, hide } = field;
  const settings: Record<string, unknown> = { label, variable, required };
  if (field.max_length !== null && (textTypes.has(type) || type === 'file-list')) {
    settings['max_length'] = field.max_length;
  }
  if (type === 'select') settings['options'] = field.options;
  if (fileTypes.has(type)) {
    settings['allowed_file_types'] = field.allowed_file_types;
    settings['allowed_file_extensions'] = field.allowed_file_extensions;
    settings['allowed_file_upload_methods'] = field.allowed_file_upload_methods;
  } else if (type === 'json_object') {
    if (field.json_schema !== null) settings['json_schema'] = field.json_schema;
  } else {
    settings['default'] = field.default ?? (type === 'checkbox' ? false : '');
  }
  if (hide) settings['hide'] = true;
  return settings;
}
