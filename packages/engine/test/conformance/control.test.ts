import { describe, expect, test } from 'vitest';
import { decodeRecord, encodeRecord, Float, RunControl, type RunRecord } from '../../src/index.ts';
import {
  code,
  end,
  FakeClock,
  FakeForms,
  FakeModels,
  fakeCode,
  gate,
  llm,
  llmFor,
  resumeGraph,
  runGraph,
  shownAnswer,
  type TestNode,
  template,
  testGraph,
  timeline,
} from './support.ts';

const human = (...actions: string[]): TestNode => ({
  type: 'human-input',
  user_actions: actions.map((id) => ({ id, title: id.toUpperCase() })),
  form_content: 'Say {{#$output.note#}}',
  inputs: [{ type: 'paragraph', output_variable_name: 'note' }],
});
const chain = testGraph(
  {
    start: { type: 'start' },
    a: template('A'),
    b: template('B {{ x }}', { x: ['sys', 'query'] }),
    end: end({ a: ['a', 'output'], b: ['b', 'output'] }),
  },
  ['start -> a -> b -> end'],
);

describe('13.8 Control, pause, resume', () => {
  test('#108 an abort ends the run as stopped, with its reason and the outputs so far', async () => {
    const control = new RunControl();
    const models = new FakeModels(() => {
      control.abort('Stopped by user.');
      return new Promise<string>(() => undefined);
    });
    const graph = testGraph(
      {
        start: { type: 'start' },
        done: end({ x: ['start', 'x'] }),
        llm: llm('go'),
        never: end({ y: ['llm', 'text'] }),
      },
      ['start -> done', 'start -> llm -> never'],
    );
    const run = await runGraph(graph, { inputs: { x: 1 }, ports: { models }, environment: { control } });
    expect(run.result).toMatchObject({ status: 'stopped', error: 'Stopped by user.', outputs: { x: 1 } });
    const closed = run.events.find(
      (event) => event.event === 'node_finished' && event.data.node_id === 'llm',
    );
    expect(closed).toMatchObject({ internal: true, data: { status: 'failed', error: 'Stopped by user.' } });
  });

  test('an abort with a text puts it in the place of what was shown, for whoever reads the log too', async () => {
    const control = new RunControl();
    const models = new FakeModels(() => {
      control.abort('Not this.', 'Withdrawn.');
      return new Promise<string>(() => undefined);
    });
    const graph = testGraph(
      {
        start: { type: 'start' },
        first: { type: 'answer', answer: 'Shown. ' },
        llm: llm('go'),
        second: { type: 'answer', answer: '{{#llm.text#}}' },
      },
      ['start -> first -> llm -> second'],
    );
    const run = await runGraph(graph, { ports: { models }, environment: { control } });
    expect(shownAnswer(run.events)).toBe('Withdrawn.');
    expect(run.result).toMatchObject({
      status: 'stopped',
      error: 'Not this.',
      outputs: { answer: 'Withdrawn.' },
    });
    expect(run.events).toContainEqual({
      event: 'text_replace',
      isFinal: true,
      data: { text: 'Withdrawn.' },
    });
    const last = decodeRecord(encodeRecord(run.log.records().at(-1) as RunRecord));
    expect(last).toMatchObject({ type: 'run-aborted', reason: 'Not this.', text: 'Withdrawn.' });
  });

  test('#109 a pause by command says why, and the run goes on when resumed', async () => {
    const control = new RunControl();
    const ports = {
      models: new FakeModels(() => {
        control.pause('maintenance');
        return 'x';
      }),
    };
    const graph = testGraph(
      { start: { type: 'start' }, llm: llm('go'), t: template('T'), end: end({ t: ['t', 'output'] }) },
      ['start -> llm -> t -> end'],
    );
    const run = await runGraph(graph, { ports, environment: { control } });
    const paused = run.events.at(-1);
    expect(paused).toMatchObject({
      event: 'workflow_paused',
      data: { reasons: [{ TYPE: 'scheduled_pause', message: 'maintenance' }] },
    });
    const resumed = await resumeGraph(run);
    expect(timeline(resumed.events)).toEqual([
      'RUN+(resumption)',
      'S>t',
      '~T',
      'F>t',
      'S>end',
      'F>end',
      'OK',
    ]);
  });

  test('#110 update_variables changes what later nodes see', async () => {
    const control = new RunControl();
    const models = new FakeModels(() => {
      control.updateVariables([{ selector: ['sys', 'query'], type: 'string', value: 'new' }]);
      return 'x';
    });
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm: llm('go'),
        t: template('{{ q }}', { q: ['sys', 'query'] }),
        end: end({ t: ['t', 'output'] }),
      },
      ['start -> llm -> t -> end'],
    );
    const run = await runGraph(graph, {
      system: { query: 'old' },
      ports: { models },
      environment: { control },
    });
    expect(run.result.outputs).toEqual({ t: 'new' });
  });

  test('#111 the fourth start with a limit of three stops the run, naming both numbers', async () => {
    const run = await runGraph(chain, { environment: { limits: { maxSteps: 3 } } });
    expect(run.result).toMatchObject({ status: 'stopped' });
    expect(run.result.error).toContain('4 > 3');
  });

  test.each([
    ['loop', { type: 'loop', start_node_id: 'first', loop_count: 1e12, loop_variables: [] }],
    [
      'iteration',
      {
        type: 'iteration',
        start_node_id: 'first',
        iterator_selector: ['start', 'items'],
        output_selector: ['box', 'item'],
        is_parallel: true,
        parallel_nums: 1e9,
      },
    ],
  ])('#111 a %s with nothing inside does not go on forever', async (type, data) => {
    const graph = testGraph(
      { start: { type: 'start' }, box: data, first: { type: `${type}-start`, in: 'box' }, end: end({}) },
      ['start -> box -> end'],
    );
    const run = await runGraph(graph, { inputs: { items: Array.from({ length: 100_000 }, () => 0) } });
    expect(run.result).toMatchObject({ status: 'stopped', error: expect.stringContaining('> 500') });
  });

  test('#112 a run that takes too long is stopped when a node ends', async () => {
    const clock = new FakeClock();
    const slow = fakeCode({
      f: () => {
        clock.advance(5000);
        return {};
      },
    });
    const graph = testGraph({ start: { type: 'start' }, slow: code('f', {}, {}), end: end({}) }, [
      'start -> slow -> end',
    ]);
    const run = await runGraph(graph, {
      ports: { clock, code: slow },
      environment: { limits: { maxTimeMs: 4000 } },
    });
    expect(run.result).toMatchObject({
      status: 'stopped',
      error: 'Maximum execution time exceeded: 5.00s > 4s',
    });
  });

  test('#112 a node that hangs is cut off when the time is over', async () => {
    const graph = testGraph({ start: { type: 'start' }, hang: code('f', {}, {}) }, ['start -> hang']);
    let signal: AbortSignal | null = null;
    const hanging = {
      run: (request: { signal: AbortSignal }) => {
        signal = request.signal;
        return new Promise<never>(() => undefined);
      },
    };
    const run = await runGraph(graph, {
      ports: { code: hanging },
      environment: { limits: { maxTimeMs: 3000 } },
    });
    expect(run.result.status).toBe('stopped');
    expect(signal).toMatchObject({ aborted: true });
  });

  const approval = testGraph(
    {
      start: { type: 'start' },
      llm: llm('one'),
      human: human('ok'),
      llm2: llm('two'),
      end: end({ first: ['llm', 'text'], second: ['llm2', 'text'] }),
    },
    ['start -> llm -> human', 'human:ok -> llm2 -> end'],
  );
  const answers = () => llmFor({ one: 'a b', two: 'c d' });

  test('#113 the run pauses without text; resumed, it shows what was kept and does nothing twice', async () => {
    const forms = new FakeForms();
    const run = await runGraph(approval, { ports: { forms, models: answers() } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'S>llm',
      'F>llm',
      'S>human',
      'required',
      'PAUSE',
    ]);
    forms.submit('human', 'ok', { note: 'fine' });
    const resumed = await resumeGraph(run);
    expect(timeline(resumed.events)).toEqual([
      'RUN+(resumption)',
      'S>human',
      'form_filled',
      '~a ',
      '~b',
      '~',
      '~\n',
      'F>human',
      'S>llm2',
      '~c ',
      '~d',
      '~',
      'F>llm2',
      'S>end',
      'F>end',
      'OK',
    ]);
    expect(resumed.result.outputs).toEqual({ first: 'a b', second: 'c d' });
    const filled = resumed.events.find((event) => event.event === 'human_input_form_filled');
    expect(filled?.data).toMatchObject({ rendered_content: 'Say fine', action_id: 'ok', action_text: 'OK' });
    const starts = [...run.events, ...resumed.events].filter(
      (event) => event.event === 'node_started' && event.data.node_id === 'human',
    );
    const [before, after] = starts.map((event) => (event.event === 'node_started' ? event.data : null));
    expect(after?.id).toBe(before?.id);
    expect(after?.index).toBe(before?.index);
  });

  test.each(['yes', 'no'])('#114 action %s runs its branch only', async (action) => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        first: llm('one'),
        human: human('yes', 'no'),
        llm_yes: llm('yes'),
        end_yes: end({ first: ['first', 'text'], text: ['llm_yes', 'text'] }),
        llm_no: llm('no'),
        end_no: end({ first: ['first', 'text'], text: ['llm_no', 'text'] }),
      },
      ['start -> first -> human', 'human:yes -> llm_yes -> end_yes', 'human:no -> llm_no -> end_no'],
    );
    const forms = new FakeForms();
    const run = await runGraph(graph, { ports: { forms, models: llmFor({ one: 'a', yes: 'Y', no: 'N' }) } });
    forms.submit('human', action);
    const resumed = await resumeGraph(run);
    expect(timeline(resumed.events)).toEqual([
      'RUN+(resumption)',
      'S>human',
      'form_filled',
      '~a',
      '~',
      '~\n',
      'F>human',
      `S>llm_${action}`,
      `~${action === 'yes' ? 'Y' : 'N'}`,
      '~',
      `F>llm_${action}`,
      `S>end_${action}`,
      `F>end_${action}`,
      'OK',
    ]);
  });

  const twoHumans = testGraph(
    {
      start: { type: 'start' },
      h1: human('ok'),
      h2: human('ok'),
      end: end({ n1: ['h1', 'note'], n2: ['h2', 'note'] }),
    },
    ['start -> h1', 'start -> h2', 'h1:ok -> end', 'h2:ok -> end'],
  );

  test.each(['h1', 'h2'])(
    '#115 two people are asked; %s answers first, the run pauses again, then ends once',
    async (first) => {
      const forms = new FakeForms();
      const run = await runGraph(twoHumans, { ports: { forms } });
      const reasonsOf = (events: typeof run.events) => {
        const last = events.at(-1);
        return last?.event === 'workflow_paused'
          ? last.data.reasons.map((reason) => reason['node_id'])
          : null;
      };
      expect(reasonsOf(run.events)).toEqual(['h1', 'h2']);
      forms.submit(first, 'ok', { note: 'one' });
      const again = await resumeGraph(run);
      const second = first === 'h1' ? 'h2' : 'h1';
      expect(reasonsOf(again.events)).toEqual([second]);
      forms.submit(second, 'ok', { note: 'two' });
      const done = await resumeGraph(again);
      expect(timeline(done.events).filter((mark) => mark === 'S>end')).toHaveLength(1);
      expect(done.result).toMatchObject({
        status: 'succeeded',
        outputs: { n1: expect.any(String), n2: expect.any(String) },
      });
    },
  );

  test('#116 a model that runs while a person is asked ends in the first run; what follows it waits', async () => {
    const forms = new FakeForms();
    const slow = gate();
    const graph = testGraph(
      {
        start: { type: 'start' },
        human: human('ok'),
        llm_a: llm('one'),
        llm_b: llm('two'),
        end: end({ b: ['llm_b', 'text'] }),
      },
      ['start -> human', 'start -> llm_a -> llm_b -> end', 'human:ok -> end'],
    );
    const models = new FakeModels(({ messages }) => slow.promise.then(() => String(messages[0]?.content)));
    setTimeout(slow.open, 10);
    const run = await runGraph(graph, { ports: { forms, models } });
    const marks = timeline(run.events);
    expect(marks).toContain('F>llm_a');
    expect(marks).not.toContain('S>llm_b');
    expect(marks.at(-1)).toBe('PAUSE');
    forms.submit('human', 'ok');
    const resumed = await resumeGraph(run);
    expect(timeline(resumed.events)).toContain('S>llm_b');
    expect(resumed.result.outputs).toEqual({ b: 'two' });
  });

  test('#117 tasks that were waiting in the queue are deferred, none is lost, joins are restored', async () => {
    const forms = new FakeForms();
    const graph = testGraph(
      {
        start: { type: 'start' },
        human: human('ok'),
        ...Object.fromEntries(['t1', 't2', 't3'].map((id) => [id, template(id)])),
        end: end({ t1: ['t1', 'output'], t2: ['t2', 'output'], t3: ['t3', 'output'] }),
      },
      ['start -> human', 'human:ok -> end', ...['t1', 't2', 't3'].flatMap((id) => [`start -> ${id} -> end`])],
    );
    const run = await runGraph(graph, { ports: { forms }, environment: { maxParallelNodes: 1 } });
    expect(timeline(run.events).filter((mark) => mark.startsWith('S>'))).toEqual(['S>start', 'S>human']);
    forms.submit('human', 'ok');
    const resumed = await resumeGraph(run);
    expect(timeline(resumed.events).filter((mark) => mark.startsWith('S>'))).toEqual([
      'S>t1',
      'S>t2',
      'S>t3',
      'S>human',
      'S>end',
    ]);
    expect(resumed.result.outputs).toEqual({ t1: 't1', t2: 't2', t3: 't3' });
  });

  test('#118 a person is asked inside parallel items and inside a loop; order and results are kept', async () => {
    const forms = new FakeForms();
    const graph = testGraph(
      {
        start: { type: 'start' },
        iter: {
          type: 'iteration',
          start_node_id: 'istart',
          iterator_selector: ['start', 'items'],
          output_selector: ['join', 'output'],
          is_parallel: true,
        },
        istart: { type: 'iteration-start', in: 'iter' },
        human: { ...human('ok'), in: 'iter' },
        join: { ...template('{{ i }}-{{ n }}', { i: ['iter', 'item'], n: ['human', 'note'] }), in: 'iter' },
        loop: { type: 'loop', start_node_id: 'lstart', loop_count: 2, loop_variables: [] },
        lstart: { type: 'loop-start', in: 'loop' },
        asked: { ...human('ok'), in: 'loop' },
        end: end({ out: ['iter', 'output'], rounds: ['loop', 'loop_round'] }),
      },
      ['start -> iter -> loop -> end', 'istart -> human', 'human:ok -> join', 'lstart -> asked'],
    );
    const run = await runGraph(graph, { inputs: { items: ['a', 'b'] }, ports: { forms } });
    const inner = run.events.find(
      (event) => event.event === 'node_started' && event.data.node_id === 'human',
    );
    expect(inner?.data).toMatchObject({ iteration_id: 'iter', loop_id: null });
    forms.submit('human', 'ok', { note: 'n' });
    const inLoop = await resumeGraph(run);
    expect(timeline(inLoop.events).at(-1)).toBe('PAUSE');
    const looped = inLoop.events.find(
      (event) => event.event === 'node_started' && event.data.node_id === 'asked',
    );
    expect(looped?.data).toMatchObject({ iteration_id: null, loop_id: 'loop' });
    forms.submit('asked', 'ok');
    const done = await resumeGraph(inLoop);
    expect(done.result.outputs).toEqual({ out: ['a-n', 'b-n'], rounds: 2 });
  });

  test('#119 the same log can be resumed twice with the same result', async () => {
    const forms = new FakeForms();
    const run = await runGraph(approval, { ports: { forms, models: answers() } });
    forms.submit('human', 'ok');
    const first = await resumeGraph(run);
    const second = await resumeGraph(run);
    expect(timeline(second.events)).toEqual(timeline(first.events));
    expect(second.result.outputs).toEqual(first.result.outputs);
  });

  test('#120 an expired form takes the time-out branch; without one the run ends', async () => {
    const forms = new FakeForms();
    const run = await runGraph(approval, { ports: { forms, models: answers() } });
    forms.expire('human');
    const resumed = await resumeGraph(run);
    expect(timeline(resumed.events)).toEqual([
      'RUN+(resumption)',
      'S>human',
      'form_timeout',
      'F>human',
      'OK',
    ]);
    const withBranch = testGraph(
      { start: { type: 'start' }, human: human('ok'), late: end({ late: ['start', 'x'] }) },
      ['start -> human', 'human:__timeout -> late'],
    );
    const other = await runGraph(withBranch, { inputs: { x: 1 }, ports: { forms } });
    expect(other.result.outputs).toEqual({ late: 1 });
  });

  test('#121 conversation variables, files, floats and containers survive the log; later versions are refused', async () => {
    const record = {
      type: 'run-started',
      version: 1,
      at: 1,
      runId: 'r',
      workflowId: 'w',
      fingerprint: 'f',
      inputs: { f: new Float(2), list: [new Float(1), 1.5, 3], nested: { deep: new Float(0) } },
      system: {},
      conversation: [{ name: 'c', type: 'number', value: new Float(4) }],
    } as const;
    expect(decodeRecord(encodeRecord(record))).toEqual(record);
    const later = JSON.stringify({ ...record, version: 2 });
    expect(() => decodeRecord(later)).toThrow(expect.objectContaining({ code: 'UNKNOWN_RECORD_VERSION' }));
  });

  test('#107 values of any size are told and kept whole; shortening for display is not the engine’s', async () => {
    const big = 'x'.repeat(200_000);
    const graph = testGraph({ start: { type: 'start' }, end: end({ big: ['start', 'big'] }) }, [
      'start -> end',
    ]);
    const run = await runGraph(graph, { inputs: { big } });
    const finished = run.events.find(
      (event) => event.event === 'node_finished' && event.data.node_id === 'end',
    );
    expect(finished?.data).toMatchObject({
      inputs_truncated: false,
      outputs_truncated: false,
      process_data_truncated: false,
      outputs: { big },
    });
    expect(run.result.outputs).toEqual({ big });
  });

  test('#122 an observer that fails at an event is reported, and the run goes on', async () => {
    const reported: string[] = [];
    const run = await runGraph(chain, {
      system: { query: 'q' },
      environment: {
        onEvent: ({ event }) => {
          if (event === 'node_finished') throw new Error('observer failed');
        },
        onObserverError: (error, { event }) => reported.push(`${event}: ${String(error)}`),
      },
    });
    expect(run.result).toMatchObject({ status: 'succeeded', outputs: { a: 'A', b: 'B q' } });
    const ends = run.events.filter(({ event }) => event === 'node_finished');
    expect(ends.length).toBeGreaterThan(1);
    expect(reported).toEqual(ends.map(() => 'node_finished: Error: observer failed'));
  });

  test('#122 a consumer that stops listening leaves a log from which the run can be completed', async () => {
    const { executeRun, plan } = await import('../../src/index.ts');
    const { fakePorts, MemoryLog } = await import('./support.ts');
    const log = new MemoryLog();
    const options = { plan: plan(chain), log, ports: fakePorts() };
    const run = { runId: 'run-1', workflowId: 'w', inputs: {}, system: { query: 'q' }, conversation: [] };
    const consume = async () => {
      for await (const event of executeRun({ ...options, run })) {
        if (event.event === 'node_finished') throw new Error('observer failed');
      }
    };
    await expect(consume()).rejects.toThrow('observer failed');
    const { resumeRun } = await import('../../src/index.ts');
    const events = await Array.fromAsync(resumeRun({ ...options, records: log.records() }));
    expect(events.at(-1)).toMatchObject({
      event: 'workflow_finished',
      data: { outputs: { a: 'A', b: 'B q' } },
    });
  });
});
