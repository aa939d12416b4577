import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Short forms of folders on the coverage page, as its first lines explain them. */
const folders: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^server\//, ['apps/server/src/']],
  [/^suite\//, ['apps/server/test/']],
  [/^(engine|graph|models|sandbox|fake-provider)\//, ['packages/$1/', 'packages/$1/src/']],
];

function placesOf(name: string): string[] {
  const [short, full] = folders.find(([pattern]) => pattern.test(name)) ?? [/^/, ['']];
  return full.map((folder) => name.replace(short, folder));
}

describe('the documentation', () => {
  it('names tests and benchmarks that exist', () => {
    const page = readFileSync(join(root, 'docs/coverage.md'), 'utf8');
    const named = [...page.matchAll(/`([\w./-]+\.(?:ts|json|mjs))`/g)].map(([, name]) => name ?? '');
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((name) => !placesOf(name).some((place) => existsSync(join(root, place))))).toEqual(
      [],
    );
  });

  it('has no link to a file that is not there', () => {
    const pages = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })];
    const dead = pages.flatMap((page) => {
      const links = readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g);
      return [...links]
        .map(([, target]) => target ?? '')
        .filter((target) => !existsSync(join(root, dirname(page), target)))
        .map((target) => `${page}: ${target}`);
    });
    expect(pages.length).toBeGreaterThan(8);
    expect(dead).toEqual([]);
  });
});
