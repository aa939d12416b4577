import * as z from 'zod';
import type { ExecutionReport } from '../contract.ts';
import { SandboxError } from '../errors.ts';

const reportSchema = z.union([
  z.object({ ok: z.literal(true), result: z.string() }),
  z.object({
    ok: z.literal(false),
    type: z.string().max(1000),
    message: z.string().max(100_000),
    line: z.int().positive().nullish(),
    trace: z.string().max(100_000).nullish(),
    module: z.string().max(1000).nullish(),
    result: z.boolean().optional(),
  }),
]);

const memoryExceptions = new Set(['MemoryError']);
const memoryMessages = /^(?:Array buffer allocation failed|Invalid typed array length|out of memory)/;

/**
 * Reads what a runner reported. The text comes from a process that ran untrusted code, so a form that no
 * runner writes is the code's own doing and fails the execution.
 *
 * Errors: `code_failed` and its kin as reported, `code_crashed` for a report that is none.
 */
export function readReport(text: string, stdout: string): ExecutionReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SandboxError('code_crashed', 'The code ended without a readable result.', { cause, stdout });
  }
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) {
    throw new SandboxError('code_crashed', 'The code ended without a readable result.', { stdout });
  }
  const report = parsed.data;
  if (report.ok) return { resultJson: report.result, stdout };
  const place = report.line ? ` (line ${report.line})` : '';
  const details = {
    stdout,
    exception: report.type,
    ...(report.line ? { line: report.line } : {}),
    ...(report.trace ? { trace: report.trace } : {}),
  };
  if (report.result) throw new SandboxError('code_result_invalid', report.message, details);
  if (memoryExceptions.has(report.type) || memoryMessages.test(report.message)) {
    throw new SandboxError('code_memory', `The code ran out of memory${place}.`, details);
  }
  const message = `${report.type}${report.message === '' ? '' : `: ${report.message}`}${place}`;
  if (report.module) {
    throw new SandboxError('code_module_missing', message, { ...details, module: report.module });
  }
  throw new SandboxError('code_failed', message, details);
}
