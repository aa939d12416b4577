/** All table definitions; the migrations in `apps/server/migrations` create them. */
export * from './accounts.ts';
export * from './apps.ts';
export * from './conversations.ts';
export * from './extensions.ts';
export * from './forms.ts';
export * from './models.ts';
export * from './run-operations.ts';
export * from './runs.ts';
export * from './triggers.ts';
export * from './workflows.ts';
