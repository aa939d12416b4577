import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { attachment, fileHeaders, isActiveContent } from './file-headers.ts';
import { createFileUrlSigner } from './file-url.ts';

const secretKey = 'Zk3vQ8mW1xR5tY7uP0aS2dF4gH6jK9lC';
const id = 'b7c2f3a4-0000-4000-8000-000000000001';
let nowMs = 1_760_000_300_500;
const signer = createFileUrlSigner({
  secretKey,
  filesUrl: 'https://app.example.org/',
  internalFilesUrl: 'http://api:5001',
  now: () => nowMs,
});

function queryOf(url: string) {
  const { searchParams } = new URL(url);
  return Object.fromEntries(searchParams) as { timestamp: string; nonce: string; sign: string };
}

describe('signed file addresses', () => {
  it('have the published form', () => {
    const url = new URL(signer.uploadUrl(id));
    expect(url.origin + url.pathname).toBe(`https://app.example.org/files/${id}/file-preview`);
    const { timestamp, nonce, sign } = queryOf(url.href);
    expect(timestamp).toBe('1760000300');
    expect(nonce).toMatch(/^[0-9a-f]{32}$/);
    const digest = createHmac('sha256', secretKey)
      .update(`file-preview|${id}|${timestamp}|${nonce}`)
      .digest();
    expect(sign).toBe(`${digest.toString('base64url')}=`);
    expect(url.search).toContain('%3D');
  });

  it('name tool files with their extension and sign their id alone', () => {
    const url = signer.toolFileUrl(id, '.png', { asAttachment: true });
    expect(url).toContain(`/files/tools/${id}.png?`);
    expect(url).toContain('&as_attachment=true');
    expect(signer.verify('file-preview', id, queryOf(url))).toBe(true);
  });

  it('point sandboxes to the internal host', () => {
    expect(signer.uploadUrl(id, { audience: 'internal' })).toMatch(/^http:\/\/api:5001\/files\//);
    const plain = createFileUrlSigner({ secretKey, filesUrl: '' });
    expect(plain.uploadUrl(id, { audience: 'internal' })).toMatch(/^\/files\//);
  });

  it('open what they were signed for, as long as they last', () => {
    const query = queryOf(signer.uploadUrl(id));
    expect(signer.verify('file-preview', id, query)).toBe(true);
    nowMs += 299_000;
    expect(signer.verify('file-preview', id, query)).toBe(true);
    nowMs += 2_000;
    expect(signer.verify('file-preview', id, query)).toBe(false);
  });

  it('open nothing else', () => {
    const query = queryOf(signer.uploadUrl(id));
    const other = id.replace('b7c2', 'b7c3');
    expect(signer.verify('image-preview', id, query)).toBe(false);
    expect(signer.verify('file-preview', other, query)).toBe(false);
    expect(
      signer.verify('file-preview', id, { ...query, timestamp: String(Number(query.timestamp) + 1) }),
    ).toBe(false);
    expect(signer.verify('file-preview', id, { ...query, nonce: '0'.repeat(32) })).toBe(false);
    expect(signer.verify('file-preview', id, { ...query, sign: `${query.sign}x` })).toBe(false);
    const thief = createFileUrlSigner({ secretKey: `${secretKey}x`, filesUrl: '', now: () => nowMs });
    expect(thief.verify('file-preview', id, query)).toBe(false);
  });

  it.each([[undefined], [''], [['1']], [{}], ['1e3'], ['-1'], [1_760_000_300]])(
    'refuse %j as a parameter',
    (value) => {
      const query = queryOf(signer.uploadUrl(id));
      for (const name of ['timestamp', 'nonce', 'sign']) {
        expect(signer.verify('file-preview', id, { ...query, [name]: value })).toBe(false);
      }
    },
  );
});

describe('headers of files', () => {
  const headersOf = (mimeType: string, name = 'file.bin') => fileHeaders({ mimeType, name, size: 5 });

  it('describe ordinary files', () => {
    expect(headersOf('image/png', 'a.png')).toEqual({
      'content-type': 'image/png',
      'content-length': '5',
      'x-content-type-options': 'nosniff',
    });
    expect(headersOf('text/plain', 'a.txt')['content-type']).toBe('text/plain; charset=utf-8');
    expect(headersOf('text/csv; charset=GBK', 'a.csv')['content-type']).toBe('text/csv; charset=gbk');
    expect(fileHeaders({ mimeType: 'image/png', name: 'a' })).not.toHaveProperty('content-length');
  });

  it('offer ranges of audio and video', () => {
    for (const type of ['audio/mpeg', 'audio/x-m4a', 'video/mp4', 'video/quicktime']) {
      expect(headersOf(type)['accept-ranges']).toBe('bytes');
    }
    expect(headersOf('application/pdf')).not.toHaveProperty('accept-ranges');
  });

  it('hand files out as attachments on request', () => {
    const headers = fileHeaders(
      { mimeType: 'image/png', name: 'Bild (1)é.png', size: 5 },
      { asAttachment: true },
    );
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(headers['content-disposition']).toBe("attachment; filename*=UTF-8''Bild%20%281%29%C3%A9.png");
  });

  it.each([
    ['text/html', 'a.bin'],
    ['TEXT/HTML; charset=utf-8', 'a.bin'],
    ['application/xhtml+xml', 'a'],
    ['text/xml', 'a'],
    ['text/javascript', 'a.js'],
    ['multipart/related', 'a'],
    ['image/png', 'a.html'],
    ['text/plain', 'a.HTM'],
  ])('never let a browser run %s named %s', (mimeType, name) => {
    expect(isActiveContent({ mimeType, name })).toBe(true);
    expect(headersOf(mimeType, name)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': expect.stringContaining('attachment'),
      'x-content-type-options': 'nosniff',
    });
  });

  it('show SVG, but inert', () => {
    const headers = headersOf('image/svg+xml', 'a.svg');
    expect(headers['content-type']).toBe('image/svg+xml');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
  });

  it.each(['', 'nonsense', 'a/b\r\nX-Evil: 1', 'text/plain\r\nX: 1/x'])(
    'take the type %j for bytes',
    (mimeType) => {
      const headers = headersOf(mimeType);
      expect(headers['content-type']).not.toMatch(/[\r\n]/);
      expect(headers['content-type']).toMatch(/^application\/octet-stream$/);
    },
  );

  it('encode whatever a file is called', () => {
    expect(attachment('a"\r\nb\ud800')).toMatch(/^attachment; filename\*=UTF-8''[A-Za-z0-9%._~!-]+$/);
  });
});
