import type { Selector } from '../nodes/fields.ts';

const placeholder = /\{\{#([a-zA-Z0-9_]{1,50}(?:\.[a-zA-Z_][a-zA-Z0-9_]{0,29}){1,10})#\}\}/g;

/** The selectors of all placeholders `{{#node.name#}}` in a text, in order, each as often as it stands there. */
export function placeholdersIn(text: string): Selector[] {
  return [...text.matchAll(placeholder)].map((match) => (match[1] ?? '').split('.'));
}

/** The placeholder that stands for a selector in texts. */
export function toPlaceholder(selector: Selector): string {
  return `{{#${selector.join('.')}#}}`;
}

/** A text with every placeholder for which `replace` gives a selector replaced by that one's placeholder. */
export function mapPlaceholders(text: string, replace: (selector: Selector) => Selector | null): string {
  return text.replace(placeholder, (whole, path: string) => {
    const replaced = replace(path.split('.'));
    return replaced ? toPlaceholder(replaced) : whole;
  });
}

/** First keys of selectors that are not nodes: system, environment, conversation and pipeline variables. */
export const reservedScopes: ReadonlySet<string> = new Set(['sys', 'env', 'conversation', 'rag']);
