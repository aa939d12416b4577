import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../api/messages.ts';
import { linearParent, newTurn, pathOf, splitThinking, turnsFromMessages } from './turn.ts';

const turn = (key: string, parentKey: string | null) => newTurn({ key, parentKey, query: key, files: [] });

describe('the path through a conversation', () => {
  const turns = [turn('a', null), turn('b1', 'a'), turn('b2', 'a'), turn('c', 'b1')];

  it('takes the newest branch where none was chosen', () => {
    expect(pathOf(turns, {}).map((step) => step.turn.key)).toEqual(['a', 'b2']);
  });

  it('follows the chosen branch to its leaf', () => {
    expect(pathOf(turns, { a: 'b1' }).map((step) => step.turn.key)).toEqual(['a', 'b1', 'c']);
  });

  it('names the alternatives at a fork, oldest first', () => {
    expect(pathOf(turns, {})[1]?.siblings).toEqual(['b1', 'b2']);
  });

  it('starts anew at a turn whose parent is not loaded', () => {
    expect(pathOf([turn('x', 'gone'), turn('y', 'x')], {}).map((step) => step.turn.key)).toEqual(['x', 'y']);
  });

  it('ends when parents point in a circle', () => {
    expect(pathOf([turn('x', 'y'), turn('y', 'x')], {})).toEqual([]);
  });
});

describe('turns from stored messages', () => {
  const message = (id: string, parent: string | null, over: Partial<StoredMessage> = {}): StoredMessage => ({
    id,
    conversation_id: 'c',
    parent_message_id: parent,
    inputs: {},
    query: 'q',
    answer: 'a',
    status: 'normal',
    error: null,
    message_files: [],
    created_at: 1,
    ...over,
  });

  it('puts linear messages under the one before', () => {
    const turns = turnsFromMessages([message('1', linearParent), message('2', linearParent)]);
    expect(turns.map((item) => item.parentKey)).toEqual([null, '1']);
  });

  it('keeps the partial answer and the reason of a failed message', () => {
    const [failed] = turnsFromMessages([
      message('1', null, { status: 'error', error: 'quota', answer: 'Half' }),
    ]);
    expect(failed).toMatchObject({ status: 'failed', answer: 'Half', error: new Error('quota') });
  });

  it('tells the files of the question from those of the answer', () => {
    const file = { id: 'f', type: 'image', url: 'u' };
    const [mixed] = turnsFromMessages([
      message('1', null, {
        message_files: [
          { ...file, belongs_to: 'user' },
          { ...file, id: 'g', belongs_to: 'assistant' },
        ],
      }),
    ]);
    expect([mixed?.files[0]?.id, mixed?.answerFiles[0]?.id]).toEqual(['f', 'g']);
  });
});

describe('reasoning inside an answer', () => {
  it.each([
    ['Plain answer', { thinking: '', text: 'Plain answer', thinkingOpen: false }],
    ['<think>Hm', { thinking: 'Hm', text: '', thinkingOpen: true }],
    ['<think>\nHm\n</think>\n\nYes', { thinking: 'Hm', text: 'Yes', thinkingOpen: false }],
    ['Use <think> tags', { thinking: '', text: 'Use <think> tags', thinkingOpen: false }],
  ])('%j', (answer, expected) => {
    expect(splitThinking(answer)).toEqual(expected);
  });
});
