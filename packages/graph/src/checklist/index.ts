export * from './check.ts';
export * from './context.ts';
export type { CheckCode, CheckIssue } from './issues.ts';
