import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LargeValues, largeValueBytes, referencesIn, withValues } from './large-values.ts';

const large = 'é'.repeat(largeValueBytes);

/** Writes records through one run's values and reads them back. */
function throughStore(records: readonly string[]) {
  const values = new LargeValues();
  const stored = new Map<string, string>();
  const payloads = records.map((record) => {
    const separated = values.separate(record);
    for (const { hash, payload } of separated.values) {
      expect(stored.has(hash)).toBe(false);
      stored.set(hash, payload);
    }
    return separated.payload;
  });
  return { payloads, stored, read: payloads.map((payload) => withValues(payload, stored)) };
}

describe('large values', () => {
  it('read back identical, whatever records hold, and are stored once each', () => {
    const long = fc
      .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 40_000 }))
      .map(([piece, times]) => piece.repeat(times));
    const traps = fc.constantFrom(
      { $value: 'x'.repeat(43) },
      `{ "$value": "${'x'.repeat(43)}" }`,
      { '{ "$value": "': ' }' },
      ' ',
      null,
    );
    const leaf = fc.oneof(fc.jsonValue(), traps, long, fc.constant(large));
    const value = fc.oneof(
      leaf,
      fc.array(leaf, { maxLength: 6 }),
      fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(leaf, fc.array(leaf, { maxLength: 4 })), {
        maxKeys: 5,
        noNullPrototype: true,
      }),
    );
    const record = fc.record({ type: fc.constant('node-finished'), outcome: value, again: value });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
        const texts = records.map((one) => JSON.stringify(one));
        expect(throughStore(texts).read).toEqual(texts);
      }),
      { numRuns: 200 },
    );
  });

  it('leave the record itself readable', () => {
    const record = { type: 'node-finished', node: 'a', outcome: { outputs: { text: large } } };
    const { payloads, stored } = throughStore([JSON.stringify(record)]);
    expect(JSON.parse(payloads[0] ?? '')).toMatchObject({ type: 'node-finished', node: 'a' });
    expect(payloads[0]?.length).toBeLessThan(200);
    expect([...stored.values()]).toEqual([JSON.stringify(large)]);
  });

  it('keep a value that goes from node to node once, and one that only grows together whole', () => {
    const list = Array.from({ length: 2_000 }, (_, index) => ({ index, text: 'a short text of an item' }));
    const records = [
      { type: 'node-finished', outcome: { outputs: { list } } },
      { type: 'node-finished', outcome: { inputs: { given: list }, outputs: { both: [large, list] } } },
    ].map((record) => JSON.stringify(record));
    const { stored, read } = throughStore(records);
    expect(stored.size).toBe(2);
    expect(read).toEqual(records);
  });

  it('may hold one another', () => {
    const most = 'x'.repeat(largeValueBytes - 2);
    const record = JSON.stringify({ type: 't', value: { small: [most, most, large] } });
    const { payloads, stored, read } = throughStore([record]);
    expect(stored.size).toBe(2);
    expect(referencesIn(payloads).size).toBe(1);
    expect(referencesIn(stored.values()).size).toBe(1);
    expect(read).toEqual([record]);
  });

  it('are missed in words', () => {
    const { payloads } = throughStore([JSON.stringify({ type: 't', value: large })]);
    expect(() => withValues(payloads[0] ?? '', new Map())).toThrow(
      /^the value [\w-]{43} of a run is missing$/,
    );
  });

  it('change nothing of records without them', () => {
    const record = '{"type":"node-started","node":"{ \\"$value\\": \\"x\\" }","at":1.0}';
    expect(throughStore([record]).payloads).toEqual([record]);
  });
});
