import { asArray, asObject } from '../adapters/json.ts';
import { UpstreamEventError } from '../adapters/llm-adapter.ts';
import { type ModelCallContext, type ModelRequest, postJson, resolveModel } from './model-call.ts';

/** A request to judge a text. */
export interface ModerateRequest extends ModelRequest {
  text: string;
}

const defaultMaxCharacters = 2000;
const defaultMaxChunks = 32;

/** Whether any part of a text is flagged; the text is judged in pieces of the size that the model takes. */
export async function moderate(context: ModelCallContext, request: ModerateRequest): Promise<boolean> {
  const resolved = resolveModel(context.catalogue, request, 'moderation');
  const {
    max_characters_per_chunk: maxCharacters = defaultMaxCharacters,
    max_chunks: maxChunks = defaultMaxChunks,
  } = resolved.schema.model_properties;
  const pieces = cut(request.text, maxCharacters);
  for (let start = 0; start < pieces.length; start += maxChunks) {
    const wire = {
      path: '/moderations',
      body: { model: resolved.wireModel, input: pieces.slice(start, start + maxChunks) },
    };
    if (await postJson(context, { resolved, wire, decode: isFlagged, signal: request.signal })) return true;
  }
  return false;
}

function cut(text: string, size: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += size) pieces.push(text.slice(start, start + size));
  return pieces;
}

function isFlagged(document: unknown): boolean {
  const results = asArray(asObject(document)?.['results']);
  if (results.length === 0) throw new UpstreamEventError(document);
  return results.some((result) => asObject(result)?.['flagged'] === true);
}
