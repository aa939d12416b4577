import { parentPort } from 'node:worker_threads';
import type { RenderAnswer, RenderRequest } from './render-messages.ts';
import { renderTemplate } from './render-template.ts';
import { TemplateCache } from './template-cache.ts';
import { TemplateError } from './template-error.ts';

// The thread of a template renderer: one request, one answer, in order.
const cache = new TemplateCache(500);

function answer(request: RenderRequest): RenderAnswer {
  try {
    const { template, variables, fuel, maxOutputLength } = request;
    return { text: renderTemplate({ template, variables, limits: { fuel, maxOutputLength }, cache }) };
  } catch (error) {
    if (error instanceof TemplateError) return { kind: error.kind, message: error.message, line: error.line };
    return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (request: RenderRequest) => parentPort?.postMessage(answer(request)));
