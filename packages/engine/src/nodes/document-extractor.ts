import { NodeError } from '../errors.ts';
import { defineNode } from '../plan/node-definition.ts';
import { isFile } from '../values/file.ts';
import { messageOf } from './error-of.ts';
import { requirePort } from './node-context.ts';

/** Reads the text of a file, or of each file of a list. */
export const documentExtractorNode = defineNode({
  type: 'document-extractor',
  async run(data, context) {
    const name = data.variable_selector.join('.');
    const variable = context.pool.get(data.variable_selector);
    if (variable === undefined) throw new NodeError('', `File variable ${name} not found`);
    const value = variable.value;
    const inputs = { variable_selector: data.variable_selector };
    const isNothing = value === null || value === '' || (Array.isArray(value) && value.length === 0);
    if (isNothing)
      return { status: 'succeeded', inputs, processData: { documents: [] }, outputs: { text: [] } };
    const files = Array.isArray(value) ? value : [value];
    if (!files.every(isFile)) throw new NodeError('', `Variable ${name} is not a file`);
    const documents = requirePort(context, 'documents');
    const texts: string[] = [];
    try {
      for (const file of files) texts.push(await documents.extract(file, context.signal));
    } catch (error) {
      return {
        status: 'failed',
        inputs,
        processData: { documents: files },
        error: messageOf(error),
        errorType: '',
      };
    }
    const text = Array.isArray(value) ? texts : (texts[0] ?? '');
    return { status: 'succeeded', inputs, processData: { documents: files }, outputs: { text } };
  },
});
