import type { z } from 'zod';
import { ApiError } from '../errors.ts';

/** Turns a failed check into the one sentence a caller can act on. */
function explain(error: z.ZodError): { message: string; field: string | undefined } {
  const issue = error.issues[0];
  if (!issue) return { message: 'The request is not valid.', field: undefined };
  const field = issue.path.length > 0 ? issue.path.join('.') : undefined;
  const received = issue.code === 'invalid_type' && /received undefined/.test(issue.message);
  const reason = received ? 'is required' : issue.message;
  return { message: field === undefined ? reason : `${field}: ${reason}`, field };
}

/** Checks a value against a schema; failure is 400 `invalid_param` that names the field and the reason. */
export function parseOrThrow<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { message, field } = explain(result.error);
  throw new ApiError('invalid_param', message, field === undefined ? {} : { param: field });
}

/**
 * `null` equals absent for optional fields on this wire, and a blank query value equals absent for ids. Only the top
 * level is touched: what lies inside `inputs` is the app's own.
 */
export function withoutNulls(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}
