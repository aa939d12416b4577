export * from './check.ts';
export * from './context.ts';
export * from './draft.ts';
export type { CheckCode, CheckIssue } from './issues.ts';
