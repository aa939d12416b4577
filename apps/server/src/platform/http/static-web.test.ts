import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
