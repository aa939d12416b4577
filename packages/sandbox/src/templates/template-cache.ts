import { filterNames } from './filters/all-filters.ts';
import type { Template } from './parse/ast.ts';
import { parseTemplate } from './parse/parser.ts';
import { testNames } from './tests.ts';

/** Keeps parsed templates, the least recently used leave first; a parsed template holds no values of a run. */
export class TemplateCache {
  readonly #templates = new Map<string, Template>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  /** Errors: `TemplateError` for a template that cannot be parsed. */
  parse(source: string): Template {
    const cached = this.#templates.get(source);
    if (cached) this.#templates.delete(source);
    const template = cached ?? parseTemplate(source, { filters: filterNames, tests: testNames });
    this.#templates.set(source, template);
    if (this.#templates.size > this.#size) {
      const [oldest] = this.#templates.keys();
      if (oldest !== undefined) this.#templates.delete(oldest);
    }
    return template;
  }
}
