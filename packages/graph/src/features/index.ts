export * from './moderation.ts';
export * from './schema.ts';
