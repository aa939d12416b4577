import { parseGraph } from '@trellis/graph';
import { describe, expect, test } from 'vitest';
import { FakeHttp, FakeModels, llm, llmFor, runGraph, testGraph, timeline } from './support.ts';

describe('13.9 App files', () => {
  test('#124 an iteration without a start child gets one and runs', async () => {
    const graph = parseGraph({
      nodes: [
        { id: 'start', data: { type: 'start', title: 'Start' } },
        {
          id: 'iter',
          data: {
            type: 'iteration',
            title: 'Iter',
            start_node_id: 'each',
            iterator_selector: ['start', 'items'],
            output_selector: ['each', 'output'],
          },
        },
        {
          id: 'each',
          parentId: 'iter',
          data: {
            type: 'template-transform',
            title: 'Each',
            template: '{{ x }}!',
            variables: [{ variable: 'x', value_selector: ['iter', 'item'] }],
          },
        },
        {
          id: 'end',
          data: { type: 'end', outputs: [{ variable: 'o', value_selector: ['iter', 'output'] }] },
        },
      ],
      edges: [
        { source: 'start', target: 'iter' },
        { source: 'iter', target: 'end' },
      ],
    });
    const run = await runGraph(graph, { inputs: { items: ['a', 'b'] } });
    expect(run.result.outputs).toEqual({ o: ['a!', 'b!'] });
  });

  test('#125 a body as text, null vision settings and topics of a classifier are accepted', async () => {
    const http = new FakeHttp();
    const model = { provider: 'p', name: 'm', mode: 'chat', completion_params: {} };
    const graph = testGraph(
      {
        start: { type: 'start' },
        http: {
          type: 'http-request',
          method: 'post',
          url: 'https://x.example',
          body: { type: 'json', data: '{"q": "{{#start.q#}}"}' },
        },
        llm: llm('go', { vision: { enabled: true, configs: null } }),
        classify: {
          type: 'question-classifier',
          query_variable_selector: ['start', 'q'],
          model,
          topics: ['old'],
          instructions: 'old',
          classes: [{ id: '1', name: 'A' }],
        },
        answer: { type: 'answer', answer: '{{#llm.text#}}' },
      },
      ['start -> http -> llm -> classify', 'classify:1 -> answer'],
    );
    const models = new FakeModels(({ messages }) =>
      messages.length === 1 ? 'text' : '{"category_id": "1", "category_name": "A"}',
    );
    const run = await runGraph(graph, { inputs: { q: 'hi' }, ports: { http, models } });
    expect(run.result.outputs['answer']).toBe('text');
    expect(Buffer.from(http.requests[0]?.body ?? []).toString()).toBe('{"q": "hi"}');
  });

  test('#130 ids that are words run and stream like numbers', async () => {
    const graph = testGraph(
      {
        start_node: { type: 'start' },
        writer: llm('go'),
        reply: { type: 'answer', answer: '{{#writer.text#}}' },
      },
      ['start_node -> writer -> reply'],
    );
    const run = await runGraph(graph, { ports: { models: llmFor({ go: 'a b' }) } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start_node',
      'F>start_node',
      'S>writer',
      '~a ',
      '~b',
      '~',
      'F>writer',
      'S>reply',
      'F>reply',
      'OK',
    ]);
  });
});
