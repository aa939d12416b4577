import type { PoolReader, Selector } from './pool.ts';
import { toLogText, toMarkdown, toText } from './text.ts';
import type { Variable } from './variable.ts';

const placeholderPattern = /\{\{#([a-zA-Z0-9_]{1,50}(?:\.[a-zA-Z_][a-zA-Z0-9_]{0,29}){1,10})#\}\}/g;

/** A piece of a text with placeholders. */
export type TemplateSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly selector: Selector };

/**
 * Splits a text at its `{{#node.name#}}` placeholders. What only looks like one (a name part longer than 30
 * characters or starting with a digit) stays literal.
 */
export function parseTemplate(text: string): TemplateSegment[] {
  const segments: TemplateSegment[] = [];
  let end = 0;
  for (const match of text.matchAll(placeholderPattern)) {
    if (match.index > end) segments.push({ kind: 'literal', text: text.slice(end, match.index) });
    segments.push({ kind: 'variable', selector: (match[1] as string).split('.') });
    end = match.index + match[0].length;
  }
  if (end < text.length) segments.push({ kind: 'literal', text: text.slice(end) });
  return segments;
}

/** Selectors of all placeholders of a text, in order, repetitions included. */
export function templateSelectors(text: string): Selector[] {
  return parseTemplate(text).flatMap((segment) => (segment.kind === 'variable' ? [segment.selector] : []));
}

/** How a resolved placeholder is written. */
export type TextForm = 'text' | 'markdown' | 'log';

const forms: Record<TextForm, (variable: Variable) => string> = {
  text: (variable) => toText(variable.value),
  markdown: (variable) => toMarkdown(variable.value),
  log: toLogText,
};

/** Resolves the placeholders of a text; one without a value leaves its inner selector (`a.b`). */
export function renderTemplate(text: string, pool: PoolReader, form: TextForm = 'text'): string {
  return text.includes('{{#') ? renderSegments(parseTemplate(text), pool, form) : text;
}

/** As `renderTemplate`, for a text that is already split. */
export function renderSegments(
  segments: readonly TemplateSegment[],
  pool: PoolReader,
  form: TextForm = 'text',
): string {
  let out = '';
  for (const segment of segments) {
    if (segment.kind === 'literal') {
      out += segment.text;
    } else {
      const variable = pool.get(segment.selector);
      out += variable === undefined ? segment.selector.join('.') : forms[form](variable);
    }
  }
  return out;
}

/** The variable of a text that is exactly one placeholder (spaces around it allowed), else undefined. */
export function soleVariable(text: string, pool: PoolReader): Variable | undefined {
  const [segment, ...rest] = parseTemplate(text.trim());
  if (segment?.kind !== 'variable' || rest.length > 0) return undefined;
  return pool.get(segment.selector);
}
