import { describe, expect, it } from 'vitest';
import { roleOf } from './process-role.ts';

describe('the role of a process', () => {
  it('is everything when MODE is unset, whatever the database', () => {
    expect(roleOf('all', { external: false })).toEqual({ serves: true, works: true });
    expect(roleOf('all', { external: true })).toEqual({ serves: true, works: true });
  });

  it('is a half where processes share a database', () => {
    expect(roleOf('api', { external: true })).toEqual({ serves: true, works: false });
    expect(roleOf('worker', { external: true })).toEqual({ serves: false, works: true });
    expect(roleOf('beat', { external: true })).toEqual({ serves: false, works: true });
  });

  it('is refused in words where nobody would do the other half, and where there is no server', () => {
    for (const mode of ['api', 'worker', 'beat'] as const) {
      expect(() => roleOf(mode, { external: false })).toThrow(/DB_HOST.*leave MODE unset/);
    }
    for (const mode of ['job', 'migration'] as const) {
      expect(() => roleOf(mode, { external: true })).toThrow(/npm run trellis/);
    }
  });
});
