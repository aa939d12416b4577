import { describe, expect, it } from 'vitest';
import { readAppFile } from './read.ts';
import { emptySecretsOf, toFileAddress } from './source.ts';
import { isGraphAppFile } from './types.ts';
import { writeAppFile } from './write.ts';

describe('toFileAddress', () => {
  it.each([
    ['https://github.com/o/r/blob/main/apps/a.yml', 'https://raw.githubusercontent.com/o/r/main/apps/a.yml'],
    ['https://github.com/o/r/blob/v1/a.yaml?plain=1', 'https://raw.githubusercontent.com/o/r/v1/a.yaml'],
    ['https://github.com/o/r/blob/main/readme.md', 'https://github.com/o/r/blob/main/readme.md'],
    [
      'https://github.com.evil.example/o/r/blob/main/a.yml',
      'https://github.com.evil.example/o/r/blob/main/a.yml',
    ],
    ['http://example.com/a.yml', 'http://example.com/a.yml'],
  ])('makes of %s %s', (address, file) => {
    expect(toFileAddress(address)).toBe(file);
  });

  it.each(['file:///etc/passwd', 'ftp://x/a.yml', 'a.yml', ''])('refuses %j', (address) => {
    expect(() => toFileAddress(address)).toThrow(TypeError);
  });
});

it('names the secrets that an export left out', () => {
  const { file } = readAppFile(
    JSON.stringify({
      app: { name: 'A', mode: 'workflow' },
      workflow: {
        environment_variables: [
          { name: 'key', value_type: 'secret', value: 'hush' },
          { name: 'plain', value_type: 'string', value: '' },
        ],
      },
    }),
  );
  const imported = readAppFile(writeAppFile(file)).file;
  if (!isGraphAppFile(file) || !isGraphAppFile(imported)) throw new Error('not a graph');
  expect(emptySecretsOf(file)).toEqual([]);
  expect(emptySecretsOf(imported)).toEqual(['key']);
});
