import type { HttpRequestData } from '@trellis/graph';
import type { PoolReader } from '../../values/pool.ts';
import { renderTemplate } from '../../values/template.ts';
import { type Pair, parsePairs, planBody, requestUrl } from './request-parts.ts';

/**
 * A request as text for the record: secrets masked wherever they were put in, the authorisation replaced by
 * asterisks, files by their names.
 */
export function recordRequest(
  data: HttpRequestData,
  sent: { method: string; headers: readonly Pair[]; authorization: Pair | null; pool: PoolReader },
): string {
  const { method, headers, authorization, pool } = sent;
  const render = (text: string) => renderTemplate(text, pool, 'log');
  const url = new URL(requestUrl(data, render));
  const masked = new Map(
    parsePairs(render(data.headers)).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const lines = headers.map(([name, value]) => {
    if (authorization !== null && name === authorization[0]) return `${name}: ${'*'.repeat(value.length)}`;
    return `${name}: ${masked.get(name.toLowerCase()) ?? value}`;
  });
  const head = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, ...lines];
  return `${head.join('\r\n')}\r\n\r\n${recordBody(data, render, pool)}`;
}

function recordBody(data: HttpRequestData, render: (text: string) => string, pool: PoolReader): string {
  const body = planBody(data, render, pool);
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
