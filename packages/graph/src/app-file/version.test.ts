import { describe, expect, it } from 'vitest';
import { compareVersions, importStatusOf, parseVersion } from './version.ts';

describe('importStatusOf', () => {
  it.each([
    ['0.6.0', 'completed'],
    ['0.6', 'completed'],
    ['0.6.0-beta.1', 'completed'],
    ['0.6.0rc1', 'completed'],
    ['0.5.9', 'completed-with-warnings'],
    ['0.1.0', 'completed-with-warnings'],
    ['0.6.1', 'pending'],
    ['0.7.0', 'pending'],
    ['1.0.0', 'pending'],
    ['', null],
    ['newest', null],
    ['1.2.3.4', null],
  ])('#127 gives a file of version %j the status %j', (version, status) => {
    expect(importStatusOf(version)).toBe(status);
  });

  it('lets files of an older major version wait for a person', () => {
    expect(importStatusOf('1.9.0', '2.0.0')).toBe('pending');
  });
});

describe('compareVersions', () => {
  const ascending = [
    '0.9.0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-rc.2',
    '1.0.0-rc.11',
    '1.0.0',
    '1.0.10',
  ];

  it.each(ascending.slice(1).map((newer, index) => [ascending[index]!, newer]))(
    'puts %s before %s',
    (older, newer) => {
      expect(compareVersions(parseVersion(older)!, parseVersion(newer)!)).toBeLessThan(0);
      expect(compareVersions(parseVersion(newer)!, parseVersion(older)!)).toBeGreaterThan(0);
    },
  );

  it('finds equal versions equal', () => {
    expect(compareVersions(parseVersion('v1.2')!, parseVersion('1.2.0')!)).toBe(0);
  });
});
