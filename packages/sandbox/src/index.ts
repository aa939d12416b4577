/**
 * Running what strangers wrote: code nodes (Python, JavaScript) and templates (Jinja). Depends on nothing in
 * the server and reads no environment.
 *
 * @module
 */
export type { HttpBackendOptions } from './backends/http/backend.ts';
export type {
  BackendName,
  CodeLanguage,
  LanguageStatus,
  RunRequest,
  RunResult,
  Sandbox,
  SandboxRun,
  SandboxStatus,
} from './contract.ts';
export { isSandboxError, SandboxError, type SandboxErrorCode, type SandboxErrorType } from './errors.ts';
export {
  type ExactObject,
  type ExactValue,
  type PlainObject,
  type PlainValue,
  PythonFloat,
  parseExactJson,
  stringifyExactJson,
  toPlain,
} from './exact-json.ts';
export {
  defaultExecutionLimits,
  defaultOutputLimits,
  defaultTemplateLimits,
  type ExecutionLimits,
  type OutputLimits,
  type TemplateLimits,
} from './limits.ts';
export { checkOutputs } from './outputs/check-outputs.ts';
export {
  type OutputDeclaration,
  type OutputDeclarations,
  type OutputType,
  outputTypes,
} from './outputs/declarations.ts';
export { createSandbox, type SandboxOptions } from './sandbox.ts';
export { type RenderOptions, renderTemplate } from './templates/render-template.ts';
export { TemplateCache } from './templates/template-cache.ts';
export { TemplateError, type TemplateErrorKind } from './templates/template-error.ts';
export {
  createTemplateRenderer,
  type TemplateRenderer,
  type TemplateRendererOptions,
  type TemplateRequest,
} from './templates/template-renderer.ts';
