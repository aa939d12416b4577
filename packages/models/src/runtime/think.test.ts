import { describe, expect, it } from 'vitest';
import { separateThink, stripThink, type ThinkPiece, ThinkSplitter, ThinkTagger } from './think.ts';

function split(pieces: readonly string[]): { text: string; reasoning: string } {
  const out = { text: '', reasoning: '' };
  const splitter = new ThinkSplitter();
  const emit = (piece: ThinkPiece) => {
    out[piece.t] += piece.v;
  };
  for (const piece of pieces) splitter.push(piece, emit);
  splitter.end(emit);
  return out;
}

describe('splitting inline reasoning off a stream', () => {
  const cases: [string, { text: string; reasoning: string }][] = [
    ['plain < b && c > d text', { text: 'plain < b && c > d text', reasoning: '' }],
    ['<think>\nhm\n</think>ok', { text: 'ok', reasoning: 'hm' }],
    ['<THINK type="deep">hm</Think>ok', { text: 'ok', reasoning: 'hm' }],
    ['a<think>1</think>b<think>2</think>c', { text: 'abc', reasoning: '12' }],
    ['<think>never closed', { text: '', reasoning: 'never closed' }],
    ['<thinking>tag</thinking> <th> <think', { text: '<thinking>tag</thinking> <th> <think', reasoning: '' }],
    ['<think>a </thi b\n\nc</think>d', { text: 'd', reasoning: 'a </thi b\n\nc' }],
    ['<think>世界</think>您好', { text: '您好', reasoning: '世界' }],
  ];

  it.each(cases)('reads %j the same however it is cut', (text, expected) => {
    expect(split([text])).toEqual(expected);
    expect(split([...text])).toEqual(expected);
    for (let cut = 1; cut < text.length; cut += 1)
      expect(split([text.slice(0, cut), text.slice(cut)])).toEqual(expected);
  });

  it('holds back nothing but what may become a tag', () => {
    const shown: string[] = [];
    const splitter = new ThinkSplitter();
    splitter.push('price <', (piece) => shown.push(piece.v));
    splitter.push(' 5', (piece) => shown.push(piece.v));
    expect(shown).toEqual(['price ', '< 5']);
  });
});

describe('showing reasoning inline', () => {
  const tag = (...pieces: { t: string; v?: string }[]) => {
    const tagger = new ThinkTagger();
    return pieces.map((piece) => tagger.push(piece)).join('') + tagger.end();
  };

  it('opens with the first reasoning and closes right before the answer', () => {
    expect(
      tag(
        { t: 'reasoning', v: 'a' },
        { t: 'reasoning', v: '' },
        { t: 'reasoning', v: 'b' },
        { t: 'text', v: 'c' },
        { t: 'text', v: 'd' },
      ),
    ).toBe('<think>\nab\n</think>cd');
  });

  it('closes before a tool call, and at the end when nothing else came', () => {
    expect(tag({ t: 'reasoning', v: 'a' }, { t: 'tool' }, { t: 'text', v: 'x' })).toBe(
      '<think>\na\n</think>x',
    );
    expect(tag({ t: 'reasoning', v: 'a' })).toBe('<think>\na\n</think>');
  });

  it('adds nothing to an answer without reasoning', () => {
    expect(tag({ t: 'text', v: 'a' }, { t: 'usage' })).toBe('a');
  });
});

describe('separating a finished text', () => {
  it.each([
    ['<think>\na\n</think>\n\n\n\nb\n\n\n\nc', { text: 'b\n\nc', reasoning: 'a' }],
    ['<think>a</think>x<think>b</think>', { text: 'x', reasoning: 'a\nb' }],
    ['reasoned without an opener</think>answer', { text: 'answer', reasoning: 'reasoned without an opener' }],
    ['nothing', { text: 'nothing', reasoning: '' }],
  ])('%j', (text, expected) => {
    expect(separateThink(text)).toEqual(expected);
  });

  it('leaves texts without blocks untouched', () => {
    expect(stripThink('  kept as it is \n')).toBe('  kept as it is \n');
    expect(stripThink('<think>x</think>y')).toBe('y');
  });
});
