import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../api/messages.ts';
import { newTurn } from './turn.ts';
import { applyEvent, joinDeltas } from './turn-events.ts';

const start = newTurn({ key: 'k', parentKey: null, query: 'q', files: [] });
const run = (events: StreamEvent[]) => joinDeltas(events).reduce(applyEvent, start);

describe('a turn under its events', () => {
  it('gathers text and learns the message id', () => {
    const turn = run([
      { event: 'message', message_id: 'm', answer: 'Hel' },
      { event: 'message', message_id: 'm', answer: 'lo' },
    ]);
    expect(turn).toMatchObject({ answer: 'Hello', messageId: 'm', status: 'streaming' });
  });

  it('replaces the text when moderation says so', () => {
    expect(
      run([
        { event: 'message', answer: 'bad' },
        { event: 'message_replace', answer: 'Sorry.' },
      ]).answer,
    ).toBe('Sorry.');
  });

  it('replaces a thought with the same id instead of adding it', () => {
    const thought = { id: 't', position: 1, thought: '', observation: '', tool: '', tool_input: '' };
    const turn = run([
      { event: 'agent_thought', ...thought },
      { event: 'agent_thought', ...thought, tool: 'weather' },
    ]);
    expect(turn.thoughts.map((item) => item.tool)).toEqual(['weather']);
  });

  it('keeps what had arrived when the run fails', () => {
    const turn = run([
      { event: 'message', answer: 'Half' },
      { event: 'error', code: 'completion_request_error', message: 'Rate limit', status: 400 },
    ]);
    expect(turn).toMatchObject({
      status: 'failed',
      answer: 'Half',
      error: { code: 'completion_request_error' },
    });
  });

  it('ends with usage and sources', () => {
    const usage = {
      prompt_tokens: 1,
      completion_tokens: 2,
      total_tokens: 3,
      total_price: '0',
      currency: 'USD',
      latency: 1,
    };
    expect(run([{ event: 'message_end', metadata: { usage } }])).toMatchObject({ status: 'done', usage });
  });

  it('joins a burst of pieces into one change and keeps the order around other events', () => {
    const joined = joinDeltas([
      { event: 'message', answer: 'a' },
      { event: 'message', answer: 'b' },
      { event: 'ping' },
      { event: 'message', answer: 'c' },
    ]);
    expect(joined.map((event) => ('answer' in event ? event.answer : event.event))).toEqual([
      'ab',
      'ping',
      'c',
    ]);
  });
});
