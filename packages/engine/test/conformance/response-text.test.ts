import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EngineEvent,
  FakeModels,
  fakeTools,
  gate,
  llm,
  llmFor,
  runGraph,
  shownAnswer,
  testGraph,
  timeline,
} from './support.ts';

const chunks = (events: readonly EngineEvent[]) => events.filter((event) => event.event === 'text_chunk');

describe('13.1 Straight runs and response text', () => {
  test('#1 an answer with an input ends the run with answer and files, and the edge comes before the success', async () => {
    const graph = testGraph(
      { start: { type: 'start' }, answer: { type: 'answer', answer: 'Hello {{#start.name#}}' } },
      ['start -> answer'],
    );
    const run = await runGraph(graph, { inputs: { name: 'Graphon' }, environment: { trace: true } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'edge start->answer',
      '~Hello ',
      '~Graphon',
      'F>start',
      'S>answer',
      'F>answer',
      'OK',
    ]);
    expect(run.result.outputs).toEqual({ answer: 'Hello Graphon', files: [] });
  });

  test('#2 literals around the query are shown before the start is reported finished, and belong to the answer', async () => {
    const graph = testGraph(
      { start: { type: 'start' }, answer: { type: 'answer', answer: 'prefix{{#sys.query#}}suffix' } },
      ['start -> answer'],
    );
    const run = await runGraph(graph, { system: { query: 'the query' } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      '~prefix',
      '~the query',
      '~suffix',
      'F>start',
      'S>answer',
      'F>answer',
      'OK',
    ]);
    expect(chunks(run.events).map(({ nodeId }) => nodeId)).toEqual(['answer', 'answer', 'answer']);
  });

  const echo = (output: object) =>
    testGraph({ start: { type: 'start' }, end: { type: 'end', outputs: [output] } }, ['start -> end']);

  test('#3 an input goes to the output, its chunk carries the execution of the start', async () => {
    const graph = echo({ variable: 'query', value_selector: ['start', 'query'], value_type: 'string' });
    const run = await runGraph(graph, { inputs: { query: 'q' } });
    expect(timeline(run.events)).toEqual(['RUN+', 'S>start', '~q', 'F>start', 'S>end', 'F>end', 'OK']);
    expect(run.result.outputs).toEqual({ query: 'q' });
    const [started] = run.events.filter((event) => event.event === 'node_started');
    expect(chunks(run.events)[0]?.executionId).toBe(started?.data.id);
  });

  test('#4 an output without value_type gives the same result', async () => {
    const run = await runGraph(echo({ variable: 'query', value_selector: ['start', 'query'] }), {
      inputs: { query: 'q' },
    });
    expect(timeline(run.events)).toEqual(['RUN+', 'S>start', '~q', 'F>start', 'S>end', 'F>end', 'OK']);
    expect(run.result.outputs).toEqual({ query: 'q' });
  });

  test('#5 whatever text comes in goes out: random unicode, empty, long, white space', async () => {
    const graph = echo({ variable: 'query', value_selector: ['start', 'query'] });
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '   \n\t', 'x'.repeat(2000), '{{#not.a#}} {{', '日本語 🙂'),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (query) => {
        const run = await runGraph(graph, { inputs: { query } });
        expect(run.result.outputs).toEqual({ query });
        expect(shownAnswer(run.events)).toBe(query);
      }),
      { numRuns: 50 },
    );
  });

  test('#6 a model answers word by word between its start and its end, then an empty final chunk', async () => {
    const graph = testGraph(
      { start: { type: 'start' }, llm: llm('go'), answer: { type: 'answer', answer: '{{#llm.text#}}' } },
      ['start -> llm -> answer'],
    );
    const run = await runGraph(graph, { ports: { models: llmFor({ go: 'one two three' }) } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'S>llm',
      '~one ',
      '~two ',
      '~three',
      '~',
      'F>llm',
      'S>answer',
      'F>answer',
      'OK',
    ]);
    expect(chunks(run.events).map(({ isFinal }) => isFinal)).toEqual([false, false, false, true]);
    expect(run.result.outputs).toEqual({ answer: 'one two three', files: [] });
  });

  test('#7 the same with an end', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm: llm('go'),
        end: { type: 'end', outputs: [{ variable: 'out', value_selector: ['llm', 'text'] }] },
      },
      ['start -> llm -> end'],
    );
    const run = await runGraph(graph, { ports: { models: llmFor({ go: 'one two' }) } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'S>llm',
      '~one ',
      '~two',
      '~',
      'F>llm',
      'S>end',
      'F>end',
      'OK',
    ]);
    expect(run.result.outputs).toEqual({ out: 'one two' });
  });

  test('#8 a rendered template is shown as exactly one chunk', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        tool: { type: 'tool', tool_name: 'search', provider_id: 'p' },
        template: { type: 'template-transform', template: 'hello, dify!', variables: [] },
        answer: { type: 'answer', answer: '{{#template.output#}}' },
      },
      ['start -> tool -> template -> answer'],
    );
    const run = await runGraph(graph, { ports: { tools: fakeTools({ search: () => [] }) } });
    expect(chunks(run.events).map(({ data }) => data.text)).toEqual(['hello, dify!']);
    expect(run.result.status).toBe('succeeded');
  });

  test('#9 an answer behind an answer waits for it, and both texts join', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm: llm('go'),
        answer1: { type: 'answer', answer: 'First. ' },
        answer2: { type: 'answer', answer: 'Second: {{#llm.text#}}' },
      },
      ['start -> llm -> answer1 -> answer2'],
    );
    const run = await runGraph(graph, { ports: { models: llmFor({ go: 'a b' }) } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      '~First. ',
      'F>start',
      'S>llm',
      'F>llm',
      'S>answer1',
      '~Second: ',
      '~a ',
      '~b',
      '~',
      'F>answer1',
      'S>answer2',
      'F>answer2',
      'OK',
    ]);
    expect(run.result.outputs['answer']).toBe('First. Second: a b');
  });

  test.each([
    ['slower', 'llm1'],
    ['faster', 'llm2'],
  ])('#10 two models in one answer are shown in the order of the text, llm1 %s', async (_speed, slow) => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm1: llm('one'),
        llm2: llm('two'),
        answer: { type: 'answer', answer: '{{#llm2.text#}}{{#llm1.text#}}' },
      },
      ['start -> llm1 -> answer', 'start -> llm2 -> answer'],
    );
    const slowGate = gate();
    const models = new FakeModels(
      ({ messages }) => (messages[0]?.content === 'one' ? 'x1 y1' : 'x2 y2'),
      ({ messages }) =>
        (messages[0]?.content === 'one') === (slow === 'llm1') ? slowGate.promise : Promise.resolve(),
    );
    setTimeout(slowGate.open, 20);
    const run = await runGraph(graph, { ports: { models } });
    const texts = timeline(run.events).filter((mark) => mark.startsWith('~') || mark === 'S>answer');
    expect(texts).toEqual(['~x2 ', '~y2', '~', '~x1 ', '~y1', '~', 'S>answer']);
    expect(run.result.outputs['answer']).toBe('x2 y2x1 y1');
  });

  const greeting = testGraph(
    {
      start: { type: 'start' },
      check: {
        type: 'if-else',
        cases: [
          {
            case_id: 'true',
            logical_operator: 'and',
            conditions: [
              { variable_selector: ['sys', 'query'], comparison_operator: 'contains', value: 'hello' },
            ],
          },
        ],
      },
      llm: llm('go'),
      answer: { type: 'answer', answer: "contains 'hello'" },
      answer2: { type: 'answer', answer: '{{#llm.text#}}' },
    },
    ['start -> check', 'start -> llm', 'check:true -> answer', 'check:false -> answer2', 'llm -> answer2'],
  );

  test('#11 a join with one taken and one skipped edge runs', async () => {
    const ports = { models: llmFor({ go: 'from the model' }) };
    const withHello = await runGraph(greeting, { ports, system: { query: 'say hello' } });
    expect(withHello.result.outputs['answer']).toBe("contains 'hello'from the model");
    const without = await runGraph(greeting, { ports, system: { query: 'bye' } });
    expect(without.result.outputs['answer']).toBe('from the model');
  });

  const blocking = testGraph(
    {
      start: { type: 'start' },
      check: {
        type: 'if-else',
        cases: [
          {
            case_id: 'true',
            logical_operator: 'and',
            conditions: [{ variable_selector: ['start', 'blocking'], comparison_operator: '=', value: '1' }],
          },
        ],
      },
      llm: llm('one'),
      template: {
        type: 'template-transform',
        template: 'T: {{ text }}',
        variables: [{ variable: 'text', value_selector: ['llm', 'text'] }],
      },
      end: {
        type: 'end',
        outputs: [
          { variable: 'query', value_selector: ['start', 'query'] },
          { variable: 'output', value_selector: ['template', 'output'] },
        ],
      },
      llm2: llm('two'),
      end2: {
        type: 'end',
        outputs: [
          { variable: 'query', value_selector: ['start', 'query'] },
          { variable: 'output', value_selector: ['llm2', 'text'] },
        ],
      },
    },
    ['start -> check', 'check:true -> llm -> template -> end', 'check:false -> llm2 -> end2'],
  );
  const blockingPorts = { models: llmFor({ one: 'first', two: 'live text' }) };

  test('#12 behind a branch, text that needs no streaming comes as three chunks: query, newline, template', async () => {
    const run = await runGraph(blocking, { inputs: { query: 'q', blocking: 1 }, ports: blockingPorts });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'S>check',
      '~q',
      '~\n',
      'F>check',
      'S>llm',
      'F>llm',
      'S>template',
      '~T: first',
      'F>template',
      'S>end',
      'F>end',
      'OK',
    ]);
    const [, newline, template] = chunks(run.events);
    expect(newline?.nodeId).toBe('end');
    const started = run.events.find(
      (event) => event.event === 'node_started' && event.data.node_id === 'template',
    );
    expect(template?.executionId).toBe(started?.event === 'node_started' ? started.data.id : '');
  });

  test('#12 behind the other branch, the model streams live', async () => {
    const run = await runGraph(blocking, { inputs: { query: 'q', blocking: 2 }, ports: blockingPorts });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'S>check',
      '~q',
      '~\n',
      'F>check',
      'S>llm2',
      '~live ',
      '~text',
      '~',
      'F>llm2',
      'S>end2',
      'F>end2',
      'OK',
    ]);
  });

  test('#13 nothing is shown until the branch is decided; then what was kept, before the branch is reported done', async () => {
    const branch = (id: string) => ({
      [`llm_${id}`]: llm(id),
      [`end_${id}`]: {
        type: 'end',
        outputs: [
          { variable: 'initial', value_selector: ['llm_initial', 'text'] },
          { variable: 'text', value_selector: [`llm_${id}`, 'text'] },
        ],
      },
    });
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm_initial: llm('initial'),
        if_else: {
          type: 'if-else',
          cases: [
            {
              case_id: 'primary',
              logical_operator: 'and',
              conditions: [
                { variable_selector: ['start', 'way'], comparison_operator: 'is', value: 'primary' },
              ],
            },
          ],
        },
        ...branch('primary'),
        ...branch('secondary'),
      },
      [
        'start -> llm_initial -> if_else',
        'if_else:primary -> llm_primary -> end_primary',
        'if_else:false -> llm_secondary -> end_secondary',
      ],
    );
    const models = llmFor({ initial: 'a b', primary: 'p q', secondary: 's' });
    const run = await runGraph(graph, { inputs: { way: 'primary' }, ports: { models } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'S>llm_initial',
      'F>llm_initial',
      'S>if_else',
      '~a ',
      '~b',
      '~',
      '~\n',
      'F>if_else',
      'S>llm_primary',
      '~p ',
      '~q',
      '~',
      'F>llm_primary',
      'S>end_primary',
      'F>end_primary',
      'OK',
    ]);
  });
});
