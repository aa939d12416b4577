import type { TemplateErrorKind } from './template-error.ts';

/** What the renderer sends to its worker. */
export interface RenderRequest {
  readonly template: string;
  /** JSON text of the variables, number types kept. */
  readonly variables: string;
  readonly fuel: number;
  readonly maxOutputLength: number;
}

/** What the worker answers. */
export type RenderAnswer =
  | { readonly text: string }
  | { readonly kind: TemplateErrorKind; readonly message: string; readonly line: number | undefined }
  | { readonly defect: string };
