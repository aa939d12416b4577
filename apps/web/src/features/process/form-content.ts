/** A piece of a form: text to read, or the name of a field to fill in. */
export type FormPart = { readonly text: string } | { readonly field: string };

const placeholder = /\{\{#\$output\.([A-Za-z_][A-Za-z0-9_]*)#\}\}/g;

/** Takes a form's Markdown apart at the places of its fields; fields without a place come at the end. */
export function formParts(content: string, fields: readonly string[]): FormPart[] {
  const parts: FormPart[] = [];
  const placed = new Set<string>();
  let at = 0;
  for (const match of content.matchAll(placeholder)) {
    const [whole, name = ''] = match;
    const text = content.slice(at, match.index).trim();
    if (text) parts.push({ text });
    if (fields.includes(name) && !placed.has(name)) {
      placed.add(name);
      parts.push({ field: name });
    }
    at = match.index + whole.length;
  }
  const rest = content.slice(at).trim();
  if (rest) parts.push({ text: rest });
  for (const field of fields) if (!placed.has(field)) parts.push({ field });
  return parts;
}
