import { defineNode } from '../plan/node-definition.ts';
import { failureOf } from './error-of.ts';
import { bindInputs } from './inputs.ts';
import { requirePort } from './node-context.ts';

const defaultMaxOutputLength = 400_000;

/** Renders a Jinja2 template over named inputs. */
export const templateTransformNode = defineNode({
  type: 'template-transform',
  async run(data, context) {
    const inputs = bindInputs(data.variables, context.pool);
    const templates = requirePort(context, 'templates');
    let output: string;
    try {
      output = await templates.render({ template: data.template, variables: inputs, signal: context.signal });
    } catch (error) {
      return failureOf(error, { inputs }, 'TemplateRenderError');
    }
    const { maxOutputLength = defaultMaxOutputLength } = templates;
    if (output.length > maxOutputLength) {
      const error = `Output length exceeds ${maxOutputLength} characters`;
      return { status: 'failed', inputs, error, errorType: 'TemplateOutputError' };
    }
    return { status: 'succeeded', inputs, outputs: { output } };
  },
});
