import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { enUS } from './en-US/index.ts';
import { enUSShare } from './en-US/share-index.ts';
import { zhHans } from './zh-Hans/index.ts';

const sources = resolve(import.meta.dirname, '..');

/** The files that the web app's entry reaches, in whatever chunk. */
function reachable(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const [, path] of readFileSync(entry, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.tsx?)'/g)) {
    if (path && !path.includes('/i18n/')) reachable(join(dirname(entry), path), seen);
  }
  return seen;
}

function keysUsed(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/\bt\(\s*['`]([\w-]+)\./g)].map(([, area]) => area ?? '');
}

function leaves(node: object, path = ''): string[] {
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${path}${key}`] : leaves(value as object, `${path}${key}.`),
  );
}

describe('texts', () => {
  it('of the web app are all in its own small catalogue', () => {
    const files = [...reachable(join(sources, 'share/main.tsx'))];
    expect(files.length).toBeGreaterThan(30);
    const areas = new Set(files.flatMap(keysUsed));
    expect([...areas].filter((area) => !(area in enUSShare))).toEqual([]);
  });

  it('exist in both languages with the same placeholders', () => {
    const at = (root: object, path: string) =>
      path.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], root);
    const placeholders = (text: unknown) => [...String(text).matchAll(/\{\w+\}/g)].map(String).sort();
    for (const path of leaves(enUS).filter((key) => !key.endsWith('_one'))) {
      expect(placeholders(at(zhHans, path)), path).toEqual(placeholders(at(enUS, path)));
    }
  });

  it('are never written into components', () => {
    const offenders = readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.tsx'))
      .flatMap((file) =>
        [...readFileSync(join(sources, file), 'utf8').matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)+)\s*</g)].map(
          ([, text]) => `${file}: ${text}`,
        ),
      );
    expect(offenders).toEqual([]);
  });
});
