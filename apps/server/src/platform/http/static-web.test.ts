import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveWeb } from './static-web.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'static-web-'));
  const page = '<!doctype html><script>document.title = 1</script>';
  await writeFile(join(root, 'index.html'), `${page}console`);
  await writeFile(join(root, 'share.html'), `${page}share`);
  await writeFile(join(root, 'embed.min.js'), '(() => {})()');
  await mkdir(join(root, 'assets'));
  await writeFile(join(root, 'assets/page-1a2b.js'), '');
});
afterAll(() => rm(root, { recursive: true }));

async function get(path: string, options: { allowEmbed?: boolean; extraOrigins?: string[] } = {}) {
  const server = fastify();
  await serveWeb(server, { root, routes: [], allowEmbed: false, extraOrigins: [], ...options });
  const answer = await server.inject({ method: 'GET', url: path });
  await server.close();
  return {
    status: answer.statusCode,
    text: answer.body,
    policy: String(answer.headers['content-security-policy']),
    frameOptions: answer.headers['x-frame-options'],
    caching: answer.headers['cache-control'],
    readers: answer.headers['access-control-allow-origin'],
  };
}

describe('pages', () => {
  it('of the console are framed by nobody, unless the operator allows it', async () => {
    for (const path of ['/', '/apps', '/signin', '/app/x/configuration', '/chats']) {
      const page = await get(path);
      expect([page.status, page.text.endsWith('console')], path).toEqual([200, true]);
      expect(page.policy).toContain("frame-ancestors 'none'");
      expect(page.frameOptions).toBe('DENY');
    }
    const open = await get('/apps', { allowEmbed: true });
    expect(open.policy).toContain('frame-ancestors *');
    expect(open.frameOptions).toBeUndefined();
  });

  it('of published apps may be framed anywhere', async () => {
    for (const path of ['/chat/code', '/chatbot/code', '/completion/code', '/workflow/code']) {
      const page = await get(path);
      expect([page.status, page.text.endsWith('share')], path).toEqual([200, true]);
      expect(page.policy).toContain('frame-ancestors *');
      expect(page.frameOptions).toBeUndefined();
    }
  });

  it('run their own scripts only, and those of origins that the operator lists', async () => {
    for (const path of ['/', '/chat/code']) {
      const { policy } = await get(path);
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
      expect(scripts).toMatch(/^'self' 'sha256-[A-Za-z0-9+/]{43}='$/);
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("object-src 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).not.toContain('unsafe-eval');
    }
    const listed = await get('/', { extraOrigins: ['https://cdn.example'] });
    expect(listed.policy).toMatch(/script-src [^;]* https:\/\/cdn\.example/);
  });
});

describe('files', () => {
  it('are kept forever when their name changes with them, and asked for again when not', async () => {
    expect((await get('/assets/page-1a2b.js')).caching).toContain('immutable');
    expect((await get('/chat/code')).caching).toBe('no-cache');
  });

  it('let any site load and check the embed script, which is renewed within the hour', async () => {
    const script = await get('/embed.min.js');
    expect([script.status, script.readers]).toEqual([200, '*']);
    expect(script.caching).toContain('max-age=3600');
  });
});

describe('what is not there', () => {
  it('is no page where programs and files are asked for', async () => {
    for (const path of [
      '/v1/nothing',
      '/console/api/nothing',
      '/api/nothing',
      '/files/nothing',
      '/assets/gone.js',
    ]) {
      const answer = await get(path);
      expect([answer.status, answer.text.includes('<script>')], path).toEqual([404, false]);
    }
  });
});
