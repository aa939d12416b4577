import { describe, expect, test } from 'vitest';
import { runNode } from '../testing/index.ts';

describe('variable-aggregator', () => {
  const data = {
    type: 'variable-aggregator',
    variables: [
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'z'],
    ],
  };

  test('#90 the first variable that exists is the output, later ones are ignored', async () => {
    const result = await runNode(data, { variables: { 'b.y': 'B', 'c.z': 'C' } });
    expect(result).toMatchObject({ outputs: { output: 'B' }, inputs: { y: 'B' } });
  });

  test('a null value counts as existing', async () => {
    expect((await runNode(data, { variables: { 'a.x': null, 'b.y': 'B' } })).outputs).toEqual({
      output: null,
    });
  });

  test('nothing found is a success without outputs', async () => {
    expect(await runNode(data)).toMatchObject({ status: 'succeeded', outputs: {} });
  });

  test('groups without a value are absent', async () => {
    const groups = [
      { group_name: 'G1', variables: [['a', 'x']] },
      { group_name: 'G2', variables: [['n', 'n']] },
    ];
    const advanced_settings = { group_enabled: true, groups };
    const result = await runNode({ ...data, advanced_settings }, { variables: { 'a.x': 1 } });
    expect(result.outputs).toEqual({ G1: { output: 1 } });
  });
});
