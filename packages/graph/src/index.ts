export * from './graph/index.ts';
export * from './nodes/index.ts';
