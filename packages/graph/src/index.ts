export * from './app-file/index.ts';
export * from './graph/index.ts';
export * from './nodes/index.ts';
export * from './yaml/index.ts';
