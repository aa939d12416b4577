import type { HumanInputData } from '@trellis/graph';
import type { NodeOutcome } from '../core/outcome.ts';
import { defineNode } from '../plan/node-definition.ts';
import { isFile } from '../values/file.ts';
import type { PoolReader } from '../values/pool.ts';
import { renderTemplate } from '../values/template.ts';
import { toText } from '../values/text.ts';
import { requirePort } from './node-context.ts';

/** Asks people: the run pauses until somebody answers the form or its time is over. */
export const humanInputNode = defineNode({
  type: 'human-input',
  hasSideEffects: true,
  async run(data, context): Promise<NodeOutcome> {
    const { node, pool, runId, idempotencyKey, signal } = context;
    const content = renderTemplate(data.form_content, pool);
    const defaults = defaultsOf(data, pool);
    const state = await requirePort(context, 'forms').open({
      runId,
      nodeId: node.id,
      idempotencyKey,
      data,
      content,
      defaults,
      render: (text) => renderTemplate(text, pool),
      signal,
    });
    const about = { node_id: node.id, node_title: node.title };
    if (state.status === 'waiting') {
      const { formId, formToken, displayInUi, expirationTime } = state.form;
      const form = {
        form_id: formId,
        ...about,
        form_content: content,
        inputs: data.inputs,
        actions: data.user_actions,
        display_in_ui: displayInUi,
        form_token: formToken,
        resolved_default_values: defaults,
        expiration_time: expirationTime,
      };
      return { status: 'paused', reason: { kind: 'human-input', nodeId: node.id, form } };
    }
    if (state.status === 'expired') {
      const event = { ...about, expiration_time: state.expirationTime };
      return {
        status: 'succeeded',
        handle: '__timeout',
        outputs: {},
        announcements: [{ event: 'human_input_form_timeout', data: event }],
      };
    }
    const { actionId, values } = state;
    const rendered = renderAnswers(content, values);
    const actionText = data.user_actions.find((action) => action.id === actionId)?.title ?? actionId;
    return {
      status: 'succeeded',
      handle: actionId,
      outputs: { ...values, __action_id: actionId, __action_value: actionText, __rendered_content: rendered },
      announcements: [
        {
          event: 'human_input_form_filled',
          data: {
            ...about,
            rendered_content: rendered,
            action_id: actionId,
            action_text: actionText,
            submitted_data: values,
          },
        },
      ],
    };
  },
});

function defaultsOf(data: HumanInputData, pool: PoolReader): Record<string, string> {
  return Object.fromEntries(
    data.inputs.map(({ output_variable_name: name, default: given }) => {
      if (given === null) return [name, ''];
      if (given.type === 'variable') return [name, toText(pool.get(given.selector)?.value)];
      return [name, toText(given.value)];
    }),
  );
}

/** Fills the fields of a form with what was submitted; files appear as their number. */
function renderAnswers(content: string, values: Readonly<Record<string, unknown>>): string {
  return content.replace(/\{\{#\$outputs?\.([A-Za-z_]\w*)#\}\}/g, (field, name: string) => {
    if (!Object.hasOwn(values, name)) return field;
    const value = values[name];
    const files = Array.isArray(value) ? value.filter(isFile).length : isFile(value) ? 1 : 0;
    return files > 0 ? `[${files} ${files === 1 ? 'file' : 'files'}]` : toText(value);
  });
}
