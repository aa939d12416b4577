import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createShareApi } from './share-api.ts';

interface Sent {
  url: string;
  pass: string | null;
}

let sent: Sent[] = [];
let validPass = 'pass-1';
const kept = new Map<string, string>();

beforeEach(() => {
  sent = [];
  validPass = 'pass-1';
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const pass = new Headers(init.headers).get('x-app-passport');
    sent.push({ url, pass });
    if (url.startsWith('/api/passport')) return Response.json({ access_token: validPass });
    if (pass !== validPass) {
      return Response.json(
        { code: 'unauthorized', message: 'Token has expired.', status: 401 },
        { status: 401 },
      );
    }
    return Response.json({ limit: 20, has_more: false, data: [] });
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('a visitor of a public page', () => {
  it('gets one pass for all calls and keeps it for the next visit', async () => {
    const api = createShareApi('CODE', undefined);
    await Promise.all([api.conversations(true), api.conversations(false)]);
    expect(sent.filter((call) => call.url.startsWith('/api/passport'))).toHaveLength(1);
    await createShareApi('CODE', undefined).conversations(true);
    expect(sent.filter((call) => call.url.startsWith('/api/passport'))).toHaveLength(1);
  });

  it('gets a new pass once when the old one is refused', async () => {
    kept.set('passport-CODE', 'old');
    await createShareApi('CODE', undefined).conversations(true);
    expect(sent.map((call) => call.pass)).toEqual(['old', null, 'pass-1']);
    expect(kept.get('passport-CODE')).toBe('pass-1');
  });

  it('asks for a pass of its own when the address names the person', async () => {
    kept.set('passport-CODE', 'pass-1');
    await createShareApi('CODE', 'u-7').conversations(true);
    expect(sent[0]?.url).toBe('/api/passport?user_id=u-7');
  });

  it('asks for a pass again after a failure', async () => {
    const api = createShareApi('CODE', undefined);
    const good = globalThis.fetch;
    vi.stubGlobal('fetch', async () =>
      Response.json({ code: 'not_found', message: '', status: 404 }, { status: 404 }),
    );
    await expect(api.site()).rejects.toMatchObject({ code: 'not_found' });
    vi.stubGlobal('fetch', good);
    await expect(api.conversations(true)).resolves.toBeDefined();
  });
});
