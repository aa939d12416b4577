import { describe, expect, it } from 'vitest';
import { readForm } from '../api/model-config.ts';
import { prefill, restore } from './prefill.ts';

const variables = readForm([
  { 'text-input': { variable: 'name', max_length: 3 } },
  { paragraph: { variable: 'story' } },
  { number: { variable: 'count' } },
  { select: { variable: 'size', options: ['S', 'M'] } },
  { checkbox: { variable: 'agreed' } },
  { json_object: { variable: 'extra' } },
  { file: { variable: 'scan' } },
]);

describe('values from the address', () => {
  it('take the type of their variable', () => {
    const handed = {
      name: 'Adele',
      story: 'long',
      count: ' 42.5 ',
      size: 'M',
      agreed: 'TRUE',
      extra: '{"a":1}',
      scan: 'x.pdf',
      unknown: 'x',
    };
    expect(prefill(variables, handed)).toEqual({
      name: 'Ade',
      story: 'long',
      count: 42.5,
      size: 'M',
      agreed: true,
      extra: '{"a":1}',
    });
  });

  it.each([
    ['count', 'many'],
    ['count', ''],
    ['size', 'XL'],
  ])('leave %s alone when it cannot be %j', (name, value) => {
    expect(prefill(variables, { [name]: value })).toEqual({});
  });

  it('untick a box that is not said to be ticked', () => {
    expect(prefill(variables, { agreed: 'false' })).toEqual({ agreed: false });
  });
});

describe('values of a stored conversation', () => {
  it('are those that its last question was asked with, ready to be sent again', () => {
    const stored = {
      name: 'Ada',
      story: null,
      count: 3,
      size: 'M',
      agreed: true,
      extra: { a: 1 },
      scan: {
        type: 'document',
        transfer_method: 'local_file',
        upload_file_id: 'f-1',
        url: 'https://x.example/signed',
      },
      gone: 'a variable of an older form',
    };
    expect(restore(variables, stored)).toEqual({
      name: 'Ada',
      count: 3,
      size: 'M',
      agreed: true,
      extra: '{"a":1}',
      scan: { type: 'document', transfer_method: 'local_file', upload_file_id: 'f-1' },
    });
  });

  it('name files by their address where they came from one, and by their record in graphs', () => {
    const list = readForm([{ 'file-list': { variable: 'scans' } }]);
    const scans = [
      { type: 'image', transfer_method: 'remote_url', remote_url: 'https://a.example/1.png' },
      { type: 'image', transfer_method: 'local_file', related_id: 'f-2', url: 'https://x.example/signed' },
    ];
    expect(restore(list, { scans })).toEqual({
      scans: [
        { type: 'image', transfer_method: 'remote_url', url: 'https://a.example/1.png' },
        { type: 'image', transfer_method: 'local_file', upload_file_id: 'f-2' },
      ],
    });
  });
});
