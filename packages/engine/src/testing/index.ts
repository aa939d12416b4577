/** Fakes of every port, graphs in few words and readable timelines, for tests of the engine and of its users. */
export * from './fake-clock.ts';
export * from './fake-models.ts';
export * from './fake-ports.ts';
export * from './graph-builder.ts';
export * from './memory-log.ts';
export * from './run-graph.ts';
export * from './run-node.ts';
