import { describe, expect, it } from 'vitest';
import { readForm } from '../api/model-config.ts';
import { prefill } from './prefill.ts';

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
