/** Escapes that JSON allows and PostgreSQL's `jsonb` and `text` refuse: NUL and lone halves of surrogate pairs. */
const refused = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Text that PostgreSQL can store: without NUL, lone surrogates replaced by U+FFFD. */
export function storableText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '') : wellFormed;
}

/** JSON that PostgreSQL accepts. The slow path runs only for values that hold what it refuses. */
export function toDatabaseJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!refused.test(text)) return text;
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'string' ? storableText(item) : item,
  );
}
