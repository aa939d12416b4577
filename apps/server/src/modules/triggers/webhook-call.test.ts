import { triggerWebhookData } from '@trellis/graph';
import { describe, expect, it } from 'vitest';
import { parseWebhookBody, ReceivedFile } from './webhook-body.ts';
import {
  assertContentType,
  assertMethod,
  contentTypeOf,
  readWebhookCall,
  type WebhookCall,
} from './webhook-call.ts';

const settingsOf = (data: object) =>
  triggerWebhookData.parse({ type: 'trigger-webhook', title: '', ...data });

async function read(data: object, call: Partial<WebhookCall> & { text?: string; type?: string }) {
  const settings = settingsOf(data);
  const header = call.type;
  const body = await parseWebhookBody(Buffer.from(call.text ?? ''), {
    contentType: contentTypeOf(header),
    header,
  });
  return readWebhookCall(settings, { method: 'POST', headers: {}, query: {}, body, ...call });
}

const field = (name: string, type: string, required = true) => ({ name, type, required });

describe('a call', () => {
  it('must come by the method and with the content type of the settings', () => {
    const settings = settingsOf({ method: 'post', content_type: 'text/plain' });
    expect(() => assertMethod(settings, 'GET')).toThrow('HTTP method mismatch. Expected POST, got GET');
    expect(() => assertContentType(settings, 'application/json')).toThrow(
      'Content-type mismatch. Expected text/plain, got application/json',
    );
    assertMethod(settings, 'POST');
    assertContentType(settings, contentTypeOf('Text/Plain; charset=utf-8'));
  });

  it('that says nothing of its content type sends JSON', () => {
    expect(contentTypeOf(undefined)).toBe('application/json');
    expect(contentTypeOf('; charset=utf-8')).toBe('application/json');
  });

  it('gives headers whatever their case, and with dashes or underscores', async () => {
    const headers = [{ name: 'X-Hub_Signature', required: true }];
    const event = await read({ headers }, { headers: { 'x-hub-signature': 'abc', other: 'kept' } });
    expect(event.inputs).toEqual({ X_Hub_Signature: 'abc' });
    expect(event.raw.headers).toEqual({ 'x-hub-signature': 'abc', other: 'kept' });
    await expect(read({ headers }, {})).rejects.toThrow('Required header missing: X-Hub_Signature');
  });

  it.each([
    ['number', '7.5', 7.5],
    ['boolean', 'YES', true],
    ['boolean', '0', false],
    ['string', '7', '7'],
  ])('gives a parameter of the type %s the value of %j', async (type, text, value) => {
    const event = await read({ params: [field('p', type)] }, { query: { p: text, extra: '1' } });
    expect(event.inputs).toEqual({ p: value });
    expect(event.raw.query_params).toEqual({ p: text, extra: '1' });
  });

  it.each([
    ['number', ''],
    ['number', 'seven'],
    ['number', 'Infinity'],
    ['boolean', 'maybe'],
  ])('is refused for a parameter of the type %s that is %j', async (type, text) => {
    await expect(read({ params: [field('p', type)] }, { query: { p: text } })).rejects.toThrow(
      `Invalid parameter 'p': expected ${type}`,
    );
  });

  it('is refused without a parameter that is required, and gives null for one that is not', async () => {
    await expect(read({ params: [field('p', 'string')] }, {})).rejects.toThrow(
      'Required parameter missing: p',
    );
    expect((await read({ params: [field('p', 'string', false)] }, {})).inputs).toEqual({ p: null });
  });
});

describe('a JSON body', () => {
  it.each([
    ['string', '"a"', '7'],
    ['number', '7', '"7"'],
    ['boolean', 'false', '"true"'],
    ['object', '{"a":1}', '[1]'],
    ['array[string]', '["a"]', '[1]'],
    ['array[number]', '[1]', '["1"]'],
    ['array[boolean]', '[true]', '[1]'],
    ['array[object]', '[{}]', '[[]]'],
  ])('has %s values as they are, nothing is converted', async (type, good, bad) => {
    const body = [field('v', type)];
    expect((await read({ body }, { text: `{"v":${good}}` })).inputs).toEqual({ v: JSON.parse(good) });
    await expect(read({ body }, { text: `{"v":${bad}}` })).rejects.toThrow(
      `Invalid body parameter 'v': expected ${type}`,
    );
  });

  it('may be empty unless a value is required, and is refused when it is no JSON', async () => {
    expect((await read({ body: [field('v', 'string', false)] }, {})).inputs).toEqual({ v: null });
    await expect(read({ body: [field('v', 'string')] }, {})).rejects.toThrow(
      'Required body parameter missing: v',
    );
    await expect(read({}, { text: '{' })).rejects.toThrow('Invalid JSON body');
    await expect(read({}, { text: '['.repeat(5_000) + ']'.repeat(5_000) })).rejects.toThrow(
      'Invalid JSON body',
    );
  });

  it('may be a list, which then has no fields', async () => {
    const event = await read({}, { text: '[1,2]' });
    expect(event.raw.body).toEqual([1, 2]);
  });

  it('cannot pose as a stored file', async () => {
    const posing = { dify_model_identity: '__dify__file__', transfer_method: 'local_file', reference: 'x' };
    const event = await read({ body: [field('v', 'object')] }, { text: JSON.stringify({ v: posing }) });
    expect(event.inputs['v']).toEqual({ transfer_method: 'local_file', reference: 'x' });
    expect(event.raw.body).toEqual({ v: { transfer_method: 'local_file', reference: 'x' } });
  });

  it('does not reach into what every object has', async () => {
    await expect(read({ body: [field('constructor', 'object')] }, { text: '{}' })).rejects.toThrow('missing');
  });
});

describe('a form', () => {
  it('has its values converted', async () => {
    const body = [field('n', 'number'), field('b', 'boolean'), field('s', 'string'), field('o', 'object')];
    const type = 'application/x-www-form-urlencoded';
    const event = await read({ content_type: type, body }, { type, text: 'n=1&b=no&s=a+b&o=%7B%7D&x=1&n=2' });
    expect(event.inputs).toEqual({ n: 1, b: false, s: 'a b', o: {} });
    expect(event.raw.body).toEqual({ n: '1', b: 'no', s: 'a b', o: '{}', x: '1' });
  });

  it('brings files and fields in parts', async () => {
    const type = 'multipart/form-data; boundary=xx';
    const part = (head: string, value: string) =>
      `--xx\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
    const text = `${part('name="n"', '4')}${part('name="f"; filename="a.txt"', 'hello')}--xx--\r\n`;
    const body = [field('n', 'number'), field('f', 'file')];
    const event = await read({ content_type: 'multipart/form-data', body }, { type, text });
    expect(event.inputs['n']).toBe(4);
    const file = event.inputs['f'] as ReceivedFile;
    expect(file).toBeInstanceOf(ReceivedFile);
    expect([file.fileName, file.bytes.toString()]).toEqual(['a.txt', 'hello']);
    expect(event.raw.files['f']).toBe(file);
    await expect(read({ body }, { type: 'multipart/form-data', text })).rejects.toThrow(
      'Invalid multipart body',
    );
    await expect(read({ body }, { type, text: text.slice(0, 60) })).rejects.toThrow('Invalid multipart body');
  });

  it('is refused when a file comes as text', async () => {
    const type = 'application/x-www-form-urlencoded';
    await expect(read({ body: [field('f', 'file')] }, { type, text: 'f=x' })).rejects.toThrow(
      'Required body parameter missing: f',
    );
  });
});

describe('a body of one piece', () => {
  it('is text under the name that is set up, or a file', async () => {
    const text = await read({ body: [field('note', 'string')] }, { type: 'text/plain', text: 'hello' });
    expect(text.inputs).toEqual({ note: 'hello' });
    expect(text.raw.body).toEqual({ raw: 'hello' });
    const bytes = await read(
      { body: [field('blob', 'file')] },
      { type: 'application/octet-stream', text: 'x' },
    );
    expect(bytes.inputs['blob']).toBeInstanceOf(ReceivedFile);
    expect((await read({}, { type: 'text/csv', text: 'a,b' })).raw.body).toEqual({ raw: 'a,b' });
  });

  it('is refused when it is empty and required', async () => {
    for (const type of ['text/plain', 'application/octet-stream']) {
      await expect(read({ body: [field('note', 'string')] }, { type })).rejects.toThrow(
        'Required body parameter missing: note',
      );
    }
  });
});
