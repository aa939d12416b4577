import { isFile } from '@trellis/engine';
import { isObject } from '@trellis/graph';
import { parseStorableJson } from '../../platform/database-json.ts';

/** Deeper values than this are nobody's data, but an attack on whatever walks them. */
const maxDepth = 100;

/**
 * Reads JSON that a stranger sent. What poses as a stored file is made an ordinary mapping: files reach a run only by
 * being uploaded. Throws for what is no JSON, or too deep.
 */
export function parsePlainJson(text: string): unknown {
  return plain(parseStorableJson(text), 0);
}

function plain(value: unknown, depth: number): unknown {
  if (depth > maxDepth) throw new RangeError(`The JSON is more than ${maxDepth} levels deep.`);
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !isFile(value) || key !== 'dify_model_identity');
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item, depth + 1)]));
}
