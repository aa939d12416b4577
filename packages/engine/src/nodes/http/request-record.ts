import type { PoolReader } from '../../values/pool.ts';
import { maskSecrets } from '../mask-secrets.ts';
import type { BodyPlan, Pair } from './request-parts.ts';

/** A request as it was sent. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly Pair[];
  readonly authorization: Pair | null;
  readonly body: BodyPlan;
}

/**
 * A request as text for the record: secrets masked wherever they were put in, the authorisation replaced by
 * asterisks, files by their names.
 */
export function recordRequest(sent: SentRequest, pool: PoolReader): string {
  const url = new URL(sent.url);
  const lines = sent.headers.map(([name, value]) =>
    name === sent.authorization?.[0] ? `${name}: ${'*'.repeat(value.length)}` : `${name}: ${value}`,
  );
  const head = [`${sent.method} ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, ...lines];
  return maskSecrets(`${head.join('\r\n')}\r\n\r\n${recordBody(sent.body)}`, pool);
}

function recordBody(body: BodyPlan): string {
  switch (body.kind) {
    case 'none':
      return '';
    case 'text':
      return body.text;
    case 'file':
      return `<file ${body.file.filename ?? ''}>`;
    case 'multipart': {
      const fields = body.fields.map(([name, value]) => `${name}=${value}`);
      return [...fields, ...body.files.map(({ name, file }) => `${name}=<file ${file.filename ?? ''}>`)].join(
        '\r\n',
      );
    }
  }
}
