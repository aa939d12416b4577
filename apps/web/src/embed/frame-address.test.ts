import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { settleConfig } from './config.ts';
import { frameAddress } from './frame-address.ts';

const unpack = (value: string | null) => gunzipSync(Buffer.from(value ?? '', 'base64')).toString();

afterEach(() => vi.restoreAllMocks());

describe('the configuration of an embedded chat', () => {
  it('falls back to the origin of the script, and drops slashes at the end', () => {
    expect(settleConfig({ token: 'a' }, 'https://chat.example:8080/embed.min.js')).toMatchObject({
      baseUrl: 'https://chat.example:8080',
    });
    expect(settleConfig({ token: 'a', baseUrl: 'https://host.example//' }, undefined)).toMatchObject({
      baseUrl: 'https://host.example',
    });
  });

  it('says what is missing', () => {
    expect(settleConfig(undefined, undefined)).toContain('token is missing');
    expect(settleConfig({ token: 'a' }, undefined)).toContain('baseUrl is missing');
  });
});

describe('the address of the frame', () => {
  const base = { token: 'CODE', baseUrl: 'https://chat.example' };

  it('carries every value packed, under its prefix', async () => {
    const url = new URL(
      await frameAddress({
        ...base,
        inputs: { city: 'Gent 根特', count: 3, absent: undefined },
        systemVariables: { user_id: 'u-1', conversation_id: 'c-1' },
        userVariables: { name: 'Ada', avatar_url: 'https://x.example/a.png' },
      }),
    );
    expect(url.pathname).toBe('/chatbot/CODE');
    expect([...url.searchParams.keys()]).toEqual([
      'city',
      'count',
      'sys.user_id',
      'sys.conversation_id',
      'user.name',
      'user.avatar_url',
    ]);
    expect([...url.searchParams.values()].map(unpack)).toEqual([
      'Gent 根特',
      '3',
      'u-1',
      'c-1',
      'Ada',
      'https://x.example/a.png',
    ]);
  });

  it('says that Enter does not send, and which language, only when told so', async () => {
    expect(await frameAddress({ ...base, sendOnEnter: true })).toBe('https://chat.example/chatbot/CODE');
    expect(await frameAddress({ ...base, sendOnEnter: false, locale: 'zh-Hans' })).toBe(
      'https://chat.example/chatbot/CODE?sendOnEnter=false&locale=zh-Hans',
    );
  });

  it('is given a warning when it is too long, and is used all the same', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue();
    const long = Array.from({ length: 4000 }, (_, index) =>
      String.fromCharCode(33 + ((index * 7919) % 5000)),
    ).join('');
    const address = await frameAddress({ ...base, inputs: { long } });
    expect(address.length).toBeGreaterThan(2048);
    expect(error).toHaveBeenCalledWith(expect.stringContaining('2048'));
  });
});
