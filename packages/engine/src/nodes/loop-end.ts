import { defineNode } from '../plan/node-definition.ts';

/** Ends the loop it is in after the round; the engine's core acts on its success. */
export const loopEndNode = defineNode({
  type: 'loop-end',
  run: () => ({ status: 'succeeded', inputs: {}, outputs: {} }),
});
