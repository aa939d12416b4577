import { randomUUID } from 'node:crypto';
import { asObject, tryParseJson } from '../adapters/json.ts';
import { credentialText } from '../schema/credential-form.ts';
import { ModelError } from './errors.ts';
import { callOf, type ModelCallContext, type ModelRequest, resolveModel } from './model-call.ts';
import { errorFromEvent } from './upstream-error.ts';

/** A request to write down speech. */
export interface TranscribeRequest extends ModelRequest {
  audio: Uint8Array;
  /** Its extension tells the format. */
  filename: string;
  mimeType: string;
}

const bytesPerMegabyte = 1024 * 1024;

/** Turns speech into text. @throws ModelError (`bad_request`) for files the model does not take */
export async function transcribe(context: ModelCallContext, request: TranscribeRequest): Promise<string> {
  const resolved = resolveModel(context.catalogue, request, 'speech2text');
  const { provider, schema, credentials, wireModel } = resolved;
  const { file_upload_limit: limit, supported_file_extensions: extensions } = schema.model_properties;
  const refuse = (upstream: string) =>
    new ModelError('bad_request', { provider: provider.provider, upstream });
  if (limit !== undefined && request.audio.byteLength > limit * bytesPerMegabyte) {
    throw refuse(`the audio is larger than the ${limit} MB that ${schema.model} takes`);
  }
  const extension = request.filename.split('.').at(-1)?.toLowerCase() ?? '';
  const known = extensions?.split(',').map((name) => name.trim());
  if (known !== undefined && known.length > 0 && !known.includes(extension)) {
    throw refuse(`${schema.model} does not take .${extension} files (${extensions})`);
  }
  const language = credentialText(credentials, 'language');
  const prompt = credentialText(credentials, 'initial_prompt');
  const form = multipart({
    fields: {
      model: wireModel,
      response_format: 'json',
      ...(language === undefined ? {} : { language }),
      ...(prompt === undefined ? {} : { prompt }),
    },
    file: request,
  });
  const call = callOf(resolved, { path: '/audio/transcriptions', ...form, signal: request.signal });
  const { bytes, secrets } = await context.caller.bytes(call);
  const text = bytes.toString('utf8');
  const document = asObject(tryParseJson(text));
  // Some servers answer with the plain text whatever format was asked for.
  if (document === undefined) return text.trim();
  if (typeof document['text'] === 'string') return document['text'];
  throw errorFromEvent(document, { provider: provider.provider, secrets });
}

/** A `multipart/form-data` body (RFC 7578) of text fields and one file. */
function multipart(form: { fields: Readonly<Record<string, string>>; file: TranscribeRequest }): {
  body: Uint8Array;
  contentType: string;
} {
  const boundary = `trellis-${randomUUID()}`;
  const fields = Object.entries(form.fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const filename = form.file.filename.replace(/["\r\n\\]/gu, '_');
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${filename}"\r\ncontent-type: ${form.file.mimeType.replace(/[\r\n]/gu, '')}\r\n\r\n`;
  return {
    body: Buffer.concat([
      Buffer.from(fields.join('') + head),
      form.file.audio,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}
