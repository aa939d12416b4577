import type { NodeDefinition } from '../plan/node-definition.ts';
import { answerNode } from './answer.ts';
import { endNode } from './end.ts';
import { ifElseNode } from './if-else.ts';
import { loopEndNode } from './loop-end.ts';
import { startNode } from './start.ts';
import { templateTransformNode } from './template-transform.ts';
import { variableAggregatorNode } from './variable-aggregator.ts';

/** Every node type that runs by itself; containers are run by the core. */
export const nodeDefinitions: ReadonlyMap<string, NodeDefinition> = new Map(
  [
    startNode,
    endNode,
    answerNode,
    ifElseNode,
    variableAggregatorNode,
    loopEndNode,
    templateTransformNode,
  ].map((definition) => [definition.type, definition]),
);
