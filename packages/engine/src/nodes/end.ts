import { defineNode } from '../plan/node-definition.ts';
import { bindInputs } from './inputs.ts';

/** Collects outputs of the run; a missing variable gives null. */
export const endNode = defineNode({
  type: 'end',
  run(data, { pool }) {
    const outputs = bindInputs(data.outputs, pool);
    return { status: 'succeeded', inputs: outputs, outputs };
  },
});
