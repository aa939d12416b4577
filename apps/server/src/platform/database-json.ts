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

/** A JSON value whose texts, keys among them, PostgreSQL can store. */
export function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), storableJson(item)]),
  );
}

/** Reads JSON from outside. The slow path runs only for texts that hold what PostgreSQL refuses. */
export function parseStorableJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return refused.test(text) || text.includes('\0') || !text.isWellFormed() ? storableJson(value) : value;
}
