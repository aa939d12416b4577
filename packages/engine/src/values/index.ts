export * from './file.ts';
export * from './float.ts';
export { type PoolReader, reservedKeys, type Selector, VariablePool } from './pool.ts';
export * from './template.ts';
export * from './text.ts';
export * from './types.ts';
export * from './usage.ts';
export { Variable } from './variable.ts';
