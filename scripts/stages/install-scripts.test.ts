import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installScriptFaults, lockFileFaults } from './install-scripts.ts';

const good = { resolved: 'https://registry.example/a.tgz', integrity: 'sha512-x' };
const faultsOf = (entry: object, list: Record<string, string> = {}) =>
  lockFileFaults({ packages: { '': {}, 'packages/own': {}, 'node_modules/a': { ...good, ...entry } } }, list);

describe('the rule about packages', () => {
  it('holds for this repository', () => {
    expect(installScriptFaults(join(import.meta.dirname, '../..'))).toEqual([]);
  });

  it('refuses a package with a script that nobody has looked at, wherever it is', () => {
    expect(faultsOf({ hasInstallScript: true })[0]).toMatch(/^a runs a script/);
    const nested = { packages: { 'node_modules/b/node_modules/@c/d': { ...good, hasInstallScript: true } } };
    expect(lockFileFaults(nested, {})[0]).toMatch(/^@c\/d runs a script/);
    expect(faultsOf({ hasInstallScript: true }, { a: 'looked at' })).toEqual([]);
  });

  it('refuses packages without a checksum, and those that come from elsewhere than a registry', () => {
    expect(faultsOf({ integrity: undefined })).toEqual(['a has no checksum in the lock file']);
    expect(faultsOf({ resolved: 'git+ssh://git@example.com/a.git' })[0]).toContain(
      'not a registry over HTTPS',
    );
  });

  it('asks for names to be taken off the list when they are not needed any more', () => {
    expect(faultsOf({}, { a: 'looked at' })).toEqual(['a is on the list of reviewed scripts and has none']);
  });
});
