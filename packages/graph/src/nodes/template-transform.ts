import type { z } from 'zod';
import { nodeData } from './common.ts';
import { list, textOrEmpty, variableBinding } from './fields.ts';

/** Data of a template-transform node: a Jinja2 template over `variables`. */
export const templateTransformData = nodeData('template-transform', {
  variables: list(variableBinding),
  template: textOrEmpty,
});

/** Data of a template-transform node. */
export type TemplateTransformData = z.output<typeof templateTransformData>;
