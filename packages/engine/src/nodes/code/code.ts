import { NodeError } from '../../errors.ts';
import { defineNode } from '../../plan/node-definition.ts';
import { isFile } from '../../values/file.ts';
import { isObject } from '../../values/types.ts';
import { failureOf } from '../error-of.ts';
import { bindInputs } from '../inputs.ts';
import { requirePort } from '../node-context.ts';
import { checkOutputs } from './check-outputs.ts';

/** Runs code of the app's author in the sandbox and checks what it gives back. Some sandboxes let it reach the web. */
export const codeNode = defineNode({
  type: 'code',
  hasSideEffects: true,
  async run(data, context) {
    const inputs = bindInputs(data.variables, context.pool);
    try {
      const { outputs } = await requirePort(context, 'code').run({
        runId: context.runId,
        language: data.code_language,
        code: data.code,
        inputs: withoutEmptyFileLists(inputs, context.pool, data.variables),
        outputs: data.outputs,
        signal: context.signal,
      });
      if (!isObject(outputs)) throw new NodeError('CodeNodeError', 'The result of main must be an object');
      return {
        status: 'succeeded',
        inputs,
        outputs: checkOutputs(outputs, data.outputs, context.ports.code?.limits),
      };
    } catch (error) {
      return failureOf(error, { inputs }, 'CodeExecutionError');
    }
  },
});

/** Code gets null for an empty list of files. */
function withoutEmptyFileLists(
  inputs: Readonly<Record<string, unknown>>,
  pool: { get(selector: readonly string[]): { readonly type: string } | undefined },
  bindings: readonly { readonly variable: string; readonly value_selector: readonly string[] }[],
): Record<string, unknown> {
  const given: Record<string, unknown> = { ...inputs };
  for (const { variable, value_selector: selector } of bindings) {
    const value = inputs[variable];
    if (!Array.isArray(value) || value.some((item) => !isFile(item)) || value.length > 0) continue;
    if (pool.get(selector)?.type === 'array[file]') given[variable] = null;
  }
  return given;
}
