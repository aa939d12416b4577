import type { FileValue } from '../../values/file.ts';
import type { BodyPlan, NamedFile, Pair } from './request-parts.ts';

/** A body ready to be sent, with the content type it asks for. */
export interface EncodedBody {
  readonly bytes: Uint8Array | null;
  readonly contentType: string | null;
  /** True when a content type given by the author must give way: it cannot know the boundary. */
  readonly overridesContentType: boolean;
}

/** Encodes a body; `read` gets the content of files. The boundary must not occur in the content. */
export async function encodeBody(
  plan: BodyPlan,
  { boundary, read }: { boundary: string; read(file: FileValue): Promise<Uint8Array> },
): Promise<EncodedBody> {
  switch (plan.kind) {
    case 'none':
      return { bytes: null, contentType: null, overridesContentType: false };
    case 'text':
      return { bytes: Buffer.from(plan.text), contentType: plan.contentType, overridesContentType: false };
    case 'file': {
      const contentType = plan.file.mime_type ?? 'application/octet-stream';
      return { bytes: await read(plan.file), contentType, overridesContentType: false };
    }
    case 'multipart': {
      const parts: Uint8Array[] = [...plan.fields.map((field) => fieldPart(field, boundary))];
      for (const named of plan.files) parts.push(...filePart(named, await read(named.file), boundary));
      if (plan.files.length === 0) parts.push(placeholderPart(boundary));
      return {
        bytes: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
        contentType: `multipart/form-data; boundary=${boundary}`,
        overridesContentType: true,
      };
    }
  }
}

function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function fieldPart([name, value]: Pair, boundary: string): Buffer {
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`,
  );
}

function filePart({ name, file }: NamedFile, bytes: Uint8Array, boundary: string): Uint8Array[] {
  const filename = quoted(file.filename ?? 'file');
  const type = file.mime_type ?? 'application/octet-stream';
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n`;
  return [Buffer.from(head), bytes, Buffer.from('\r\n')];
}

/** A form without files is sent as multipart all the same; an empty part shows it. */
function placeholderPart(boundary: string): Buffer {
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="__multipart_placeholder__"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n`,
  );
}
