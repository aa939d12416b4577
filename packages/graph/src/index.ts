export * from './app-file/index.ts';
export * from './checklist/index.ts';
export * from './graph/index.ts';
export * from './nodes/index.ts';
export * from './schedule/cron.ts';
export * from './variables/index.ts';
export * from './yaml/index.ts';
