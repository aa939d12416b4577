import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readAddress, readHandedValues } from './address.ts';

const packed = (text: string) => encodeURIComponent(gzipSync(text).toString('base64'));

describe('the address of a public page', () => {
  it.each([
    ['/chat/abc', { kind: 'chat', code: 'abc' }],
    ['/chatbot/abc/', { kind: 'chatbot', code: 'abc' }],
    ['/completion/x%20y', { kind: 'completion', code: 'x y' }],
    ['/apps', undefined],
    ['/chat/', undefined],
    ['/chat/a/b', undefined],
  ])('%s', (path, expected) => {
    expect(readAddress(path)).toEqual(expected);
  });

  it('hands packed values over unpacked', async () => {
    const search = `?city=${packed('Gent 根特')}&sys.user_id=${packed('u-1')}&locale=zh-Hans`;
    expect(await readHandedValues(search)).toEqual({
      inputs: { city: 'Gent 根特' },
      userId: 'u-1',
      conversationId: undefined,
      locale: 'zh-Hans',
      userName: undefined,
      userAvatarUrl: undefined,
      sendOnEnter: true,
    });
  });

  it('hands over who the visitor is, and pictures from the web only', async () => {
    const read = (avatar: string) =>
      readHandedValues(`?user.name=${packed('Ada')}&user.avatar_url=${packed(avatar)}&sendOnEnter=false`);
    expect(await read('https://x.example/a.png')).toMatchObject({
      inputs: {},
      userName: 'Ada',
      userAvatarUrl: 'https://x.example/a.png',
      sendOnEnter: false,
    });
    expect((await read('javascript:alert(1)')).userAvatarUrl).toBeUndefined();
  });

  it('unpacks values whose plus signs were not escaped', async () => {
    const plus = Array.from({ length: 200 }, (_, index) => gzipSync(`v${index}`).toString('base64')).find(
      (value) => value.includes('+'),
    );
    expect(plus).toBeDefined();
    expect((await readHandedValues(`?city=${plus}`)).inputs['city']).toMatch(/^v\d+$/);
  });

  it('takes values written by hand as they are', async () => {
    expect((await readHandedValues('?city=Gent&n=42')).inputs).toEqual({ city: 'Gent', n: '42' });
  });
});
