import { describe, expect, test } from 'vitest';
import { createFrame, createState, type RunState, traversal } from '../../src/core/state.ts';
import { edgeTaken, mayShowReasoning, openStreams, pushChunk } from '../../src/core/streaming.ts';
import { defaultLimits, resumeRun } from '../../src/index.ts';
import { plan } from '../../src/plan/build-plan.ts';
import { Variable, VariablePool } from '../../src/values/index.ts';
import {
  end,
  FakeModels,
  fakePorts,
  ifElse,
  llm,
  llmFor,
  MemoryLog,
  resumeGraph,
  runGraph,
  shownAnswer,
  type TestNode,
  testGraph,
  timeline,
} from './support.ts';

/** The stream state of a graph, moved by hand. */
function streams(nodes: Readonly<Record<string, TestNode>>, edges: readonly string[]) {
  const planned = plan(testGraph(nodes, edges));
  const setting = { plan: planned, environment: [], limits: defaultLimits, trace: false };
  const state: RunState = createState(setting, {
    runId: 'r',
    workflowId: 'w',
    at: 0,
    inputs: {},
    system: {},
    conversation: [],
  });
  const frame = state.top;
  openStreams(state, frame);
  const node = (id: string) => frame.sub.byId.get(id)!;
  return {
    state,
    frame,
    node,
    push: (id: string, text: string, isFinal = false, name = 'text') =>
      pushChunk(state, frame, { selector: [id, name], text, isFinal }),
    take: (source: string, target: string) =>
      edgeTaken(
        state,
        frame,
        frame.sub.edges.find((edge) => edge.source.id === source && edge.target.id === target)!,
      ),
    said: () => state.events.splice(0).flatMap((event) => timeline([event])),
  };
}

describe('13.1 Response streams by hand', () => {
  test('#14 an answer of a literal that is the root itself is shown at the start of the run, as final', async () => {
    const planned = plan(
      testGraph({ start: { type: 'start' }, answer: { type: 'answer', answer: 'Hi' } }, []),
    );
    const setting = { plan: planned, environment: [], limits: defaultLimits, trace: false };
    const run = { runId: 'r', workflowId: 'w', at: 0, inputs: {}, system: {}, conversation: [] };
    const state = createState(setting, run);
    const sub = { ...planned.top, root: planned.top.byId.get('answer')! };
    const frame = createFrame({ runId: 'r', path: '', sub, parent: null, pool: new VariablePool() });
    openStreams(state, frame);
    expect(state.events).toMatchObject([{ event: 'text_chunk', isFinal: true, data: { text: 'Hi' } }]);
  });

  const branched: [Record<string, TestNode>, string[]] = [
    {
      start: { type: 'start' },
      llm: llm('x'),
      check: ifElse(['sys', 'query'], 'is', 'x'),
      answer: { type: 'answer', answer: 'L {{#llm.text#}}' },
    },
    ['start -> llm -> check', 'check:true -> answer'],
  ];

  test('#15 a chunk before the edge waits for it; then literal and chunk come', () => {
    const { push, take, said } = streams(...branched);
    push('llm', 'early');
    expect(said()).toEqual([]);
    take('check', 'answer');
    expect(said()).toEqual(['~L ', '~early']);
  });

  test('#16 a value in the pool that nobody streams is one chunk in its markdown form', () => {
    const { frame, take, said } = streams(...branched);
    frame.pool.set('llm', 'text', new Variable(['a', 'b']));
    take('check', 'answer');
    expect(said()).toEqual(['~L ', '~- a\n- b']);
  });

  test('#17 chunks are shown as they are, the value in the pool is not added', () => {
    const { frame, push, take, said } = streams(...branched);
    push('llm', 'Quiet');
    take('check', 'answer');
    push('llm', ' Night');
    frame.pool.set('llm', 'text', new Variable('Quiet Night Thought'));
    push('llm', ' Thought', true);
    expect(said()).toEqual(['~L ', '~Quiet', '~ Night', '~ Thought']);
  });

  test('#18 a chunk that no response refers to is dropped', () => {
    const { frame, push, take, said } = streams(...branched);
    push('llm', 'unseen', true, 'other');
    take('check', 'answer');
    expect(said()).toEqual(['~L ']);
    expect(frame.stream?.buffers.size).toBe(0);
  });

  test('#19 a retried producer streams under the execution that the retry announced, and unfinished text is replaced', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm: llm('go', { retry_config: { retry_enabled: true, max_retries: 1, retry_interval: 10 } }),
        answer: { type: 'answer', answer: 'A: {{#llm.text#}}' },
      },
      ['start -> llm -> answer'],
    );
    const models = new FakeModels((_request, call) => (call === 0 ? 'half way' : 'all of it'));
    const { stream } = models;
    let calls = 0;
    models.stream = async function* (request) {
      calls += 1;
      for await (const event of stream.call(models, request)) {
        yield event;
        if (calls === 1) throw new Error('cut off');
      }
    };
    const run = await runGraph(graph, { ports: { models } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      '~A: ',
      'F>start',
      'S>llm',
      '~half ',
      'R>llm#1',
      '=A: ',
      '~all ',
      '~of ',
      '~it',
      '~',
      'F>llm',
      'S>answer',
      'F>answer',
      'PART',
    ]);
    const retry = run.events.find((event) => event.event === 'node_retry');
    const last = run.events.findLast((event) => event.event === 'text_chunk');
    expect(last?.executionId).toBe(retry?.data.id);
  });

  test('#20 a plan used for a second run has nothing left over of the first', async () => {
    const graph = testGraph(
      { start: { type: 'start' }, llm: llm('go'), answer: { type: 'answer', answer: '{{#llm.text#}}' } },
      ['start -> llm -> answer'],
    );
    const ports = { models: llmFor({ go: 'same' }) };
    const first = await runGraph(graph, { ports });
    const second = await runGraph(graph, { ports });
    expect(timeline(second.events)).toEqual(timeline(first.events));
  });

  const paused = () =>
    testGraph(
      {
        start: { type: 'start' },
        llm: llm('go'),
        gate: { type: 'human-input', user_actions: [{ id: 'ok', title: 'OK' }] },
        llm2: llm('late'),
        end: end({ early: ['llm', 'text'], late: ['llm2', 'text'] }),
      },
      ['start -> llm -> gate', 'gate:ok -> llm2 -> end'],
    );

  test('#21 a buffered chunk survives the log; the edge shows it, and late chunks are still matched', async () => {
    const { FakeForms } = await import('./support.ts');
    const forms = new FakeForms();
    const run = await runGraph(paused(), { ports: { forms, models: llmFor({ go: 'a b', late: 'c' }) } });
    forms.submit('gate', 'ok');
    const resumed = await resumeGraph(run);
    const texts = timeline(resumed.events).filter((mark) => mark.startsWith('~'));
    expect(texts).toEqual(['~a ', '~b', '~', '~\n', '~c', '~']);
  });

  test('#21 the log of another graph is refused', async () => {
    const { FakeForms } = await import('./support.ts');
    const ports = fakePorts({ forms: new FakeForms(), models: llmFor({ go: 'a', late: 'c' }) });
    const run = await runGraph(paused(), { ports });
    const other = plan(testGraph({ start: { type: 'start' }, end: end({}) }, ['start -> end']));
    const log = new MemoryLog();
    const stream = resumeRun({ plan: other, log, ports, records: run.log.records() });
    await expect(stream.next()).rejects.toMatchObject({ code: 'OTHER_GRAPH' });
    expect(log.records()).toEqual([]);
  });
});

describe('13.2 Reasoning', () => {
  const answering = (text: string): [Record<string, TestNode>, string[]] => [
    { start: { type: 'start' }, llm: llm('x'), answer: { type: 'answer', answer: text } },
    ['start -> llm -> answer'],
  ];

  const thinking = (text: string, answer = '{{#llm.text#}}') =>
    runGraph(
      testGraph(
        {
          start: { type: 'start' },
          llm: llm('go', { reasoning_format: 'separated' }),
          answer: { type: 'answer', answer },
        },
        ['start -> llm -> answer'],
      ),
      { ports: { models: llmFor({ go: text }) } },
    );

  test('#22 reasoning of a shown model passes unchanged and at once', async () => {
    const run = await thinking('<think>deep thought</think>said');
    expect(timeline(run.events).filter((mark) => /^[?~]/.test(mark))).toEqual([
      '?deep ',
      '?thought',
      '~said',
      '?',
      '~',
    ]);
  });

  test.each(['{{#llm.text.summary#}}', '{{#llm.reasoning_content#}}'])(
    '#23 %s lets reasoning pass',
    (text) => {
      const { frame, node } = streams(...answering(text));
      expect(mayShowReasoning(frame, node('llm'))).toBe(true);
    },
  );

  test('#24 reasoning of a model that nothing refers to is dropped', () => {
    const { frame, node } = streams(...answering('no reference {{#llm.usage#}}'));
    expect(mayShowReasoning(frame, node('llm'))).toBe(false);
  });

  test('#25 behind a branch, reasoning is dropped before the edge is taken and passes after it', () => {
    const { frame, node, take } = streams(
      {
        start: { type: 'start' },
        check: ifElse(['sys', 'query'], 'is', 'x'),
        llm: llm('x'),
        answer: { type: 'answer', answer: '{{#llm.text#}}' },
      },
      ['start -> check', 'check:true -> llm -> answer'],
    );
    expect(mayShowReasoning(frame, node('llm'))).toBe(false);
    take('check', 'llm');
    expect(mayShowReasoning(frame, node('llm'))).toBe(true);
  });

  test('#26 reasoning of a skipped model is dropped', () => {
    const { frame, node } = streams(...answering('{{#llm.text#}}'));
    frame.nodeStates[node('llm').position] = traversal.skipped;
    expect(mayShowReasoning(frame, node('llm'))).toBe(false);
  });

  test('#27 reasoning passes while its response waits behind another', () => {
    const { frame, node } = streams(
      {
        start: { type: 'start' },
        llm: llm('x'),
        other: llm('y'),
        a: { type: 'answer', answer: '{{#other.text#}}' },
        b: { type: 'answer', answer: '{{#llm.text#}}' },
      },
      ['start -> other -> a', 'start -> llm -> b'],
    );
    expect(frame.stream?.waiting).toHaveLength(1);
    expect(mayShowReasoning(frame, node('llm'))).toBe(true);
  });

  test('#28 the final empty marker passes, and another node is not let through', async () => {
    const run = await thinking('<think>a</think>b');
    const pieces = run.events.filter((event) => event.event === 'reasoning_chunk');
    expect(pieces.map(({ data }) => [data.reasoning, data.is_final])).toEqual([
      ['a', false],
      ['', true],
    ]);
    const { frame, node } = streams(...answering('{{#other.text#}}'));
    expect(mayShowReasoning(frame, node('llm'))).toBe(false);
  });

  test.each([
    ['in one chunk', ['<think>t</think>\n\nanswer'], 'answer', 't'],
    ['split over chunks', ['<thi', 'nk>t', '1</th', 'ink>', ' answer'], 'answer', 't1'],
    ['with attributes', ['<think mode="x">t</think>answer'], 'answer', 't'],
    ['in several blocks', ['<think>a</think>x <think>b</think>y'], 'x y', 'a\nb'],
    ['in upper case', ['<THINK>t</Think>answer'], 'answer', 't'],
  ])('#29 separated blocks %s leave the text and keep their order', async (_name, parts, text, reasoning) => {
    const run = await thinkingInParts(parts);
    expect(run.outputs).toMatchObject({ text, reasoning_content: reasoning });
    expect(run.streamed).toBe(text);
  });

  test.each([
    ['an unclosed block is thought', ['said <think>rest'], 'said', 'rest'],
    ['a partial tag at the end is text', ['a <thi'], 'a <thi', ''],
    ['a longer tag name is text', ['<thinking>a</thinking>'], '<thinking>a</thinking>', ''],
    ['a comparison is text', ['a < b'], 'a < b', ''],
    ['a bracket inside the tag makes it text', ['<think <a>>x'], '<think <a>>x', ''],
    [
      'a tag of more than 512 characters is text',
      [`<think ${'x'.repeat(600)}>y`],
      `<think ${'x'.repeat(600)}>y`,
      '',
    ],
  ])('#30 %s', async (_name, parts, text, reasoning) => {
    const run = await thinkingInParts(parts);
    expect(run.outputs).toMatchObject({ text, reasoning_content: reasoning });
  });

  async function thinkingInParts(parts: readonly string[], format = 'separated') {
    const models = new FakeModels(() => parts.map((text) => ({ type: 'text' as const, text })));
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm: llm('go', { reasoning_format: format }),
        answer: { type: 'answer', answer: '{{#llm.text#}}' },
      },
      ['start -> llm -> answer'],
    );
    const run = await runGraph(graph, { ports: { models } });
    const finished = run.events.find(
      (event) => event.event === 'node_finished' && event.data.node_id === 'llm',
    );
    return {
      outputs: finished?.event === 'node_finished' ? finished.data.outputs : null,
      streamed: shownAnswer(run.events),
      events: run.events,
    };
  }

  test('#31 tagged leaves the text as it is and says nothing apart', async () => {
    const run = await thinkingInParts(['<think>a</think>b'], 'tagged');
    expect(run.outputs).toMatchObject({ text: '<think>a</think>b', reasoning_content: '' });
    expect(run.events.some(({ event }) => event === 'reasoning_chunk')).toBe(false);
  });
});
