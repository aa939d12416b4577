import { expect, it } from 'vitest';
import { draftIssue } from './draft.ts';

const start = { id: 's', data: { type: 'start' } };
const human = (data: object) => ({
  nodes: [start, { id: 'h', data: { type: 'human-input', ...data } }],
  edges: [],
});

it.each<[stored: unknown, code: string | null]>([
  [{ nodes: [], edges: [] }, null],
  [
    {
      nodes: [start, { id: 'l', data: { type: 'llm', model: {} } }],
      edges: [{ source: 's', target: 'gone' }],
    },
    null,
  ],
  [null, 'invalid_graph'],
  [{ nodes: 'x' }, 'invalid_graph'],
  [{ nodes: [start, { id: 't', data: { type: 'trigger-schedule' } }] }, 'start_and_trigger'],
  [human({}), null],
  [human({ user_actions: [{ id: 'a' }, { id: 'a' }] }), 'invalid_human_input'],
  [human({ delivery_methods: [{ type: 'pigeon' }] }), 'invalid_human_input'],
  [
    human({
      inputs: [
        { type: 'paragraph', output_variable_name: 'a' },
        { type: 'paragraph', output_variable_name: 'a' },
      ],
    }),
    'invalid_human_input',
  ],
])('says of a draft %j: %j', (stored, code) => {
  expect(draftIssue(stored)?.code ?? null).toBe(code);
});
