/** Texts for the placeholders of a prompt. */
export interface TemplateValues {
  /** The app's variables by name. */
  inputs: Readonly<Record<string, unknown>>;
  /** What retrieval found. */
  context?: string | undefined;
  query?: string | undefined;
  histories?: string | undefined;
}

const placeholder = /\{\{(#(?:context|query|histories)#|[\p{L}_][\p{L}\p{N}_]{0,99})\}\}/gu;
const controlSequence = /<\|[^|<>\n]{0,100}\|>/gu;

/**
 * Fills `{{name}}`, `{{#context#}}`, `{{#query#}}` and `{{#histories#}}`. Unknown placeholders stay as text;
 * placeholders inside inserted values lose a pair of braces, so that nobody can smuggle one in; control sequences of
 * models (`<|…|>`) are removed.
 */
export function fillTemplate(template: string, values: TemplateValues): string {
  const special: Readonly<Record<string, string | undefined>> = {
    '#context#': values.context,
    '#query#': values.query,
    '#histories#': values.histories,
  };
  const filled = template.replace(placeholder, (whole, name: string) => {
    const value = name.startsWith('#') ? special[name] : ownText(values.inputs, name);
    return value === undefined ? whole : defuse(value);
  });
  return filled.replace(controlSequence, '');
}

/** Names of the variables that a template uses, the special ones included. */
export function placeholdersOf(template: string): Set<string> {
  // Going through matches compiles the expression anew, which most texts, having no braces, can do without.
  if (!template.includes('{{')) return new Set();
  return new Set([...template.matchAll(placeholder)].flatMap((match) => match[1] ?? []));
}

function ownText(inputs: TemplateValues['inputs'], name: string): string | undefined {
  if (!Object.hasOwn(inputs, name)) return undefined;
  const value = inputs[name];
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function defuse(value: string): string {
  return value.replace(placeholder, '{$1}');
}
