import { describe, expect, it } from 'vitest';
import { assemblePrompt, type PromptSource, rolePrefixesFor } from './assemble-prompt.ts';
import { fitHistory, fitMaxTokens, historyBudget, historyText, windowHistory } from './history.ts';
import type { FilePart, PromptMessage } from './message.ts';
import { parseStructure } from './structured-output.ts';
import { fillTemplate } from './template.ts';

const image: FilePart = {
  type: 'image',
  format: 'png',
  mime_type: 'image/png',
  url: 'https://a.example/x.png',
  base64_data: '',
  filename: 'x.png',
};
const turn = (question: string, answer: string): PromptMessage[] => [
  { role: 'user', content: question },
  { role: 'assistant', content: answer },
];
const history = [...turn('q1', 'a1'), ...turn('q2', 'a2')];
const source: PromptSource = {
  mode: 'chat',
  prompt: { type: 'simple', text: 'You help {{name}}.' },
  inputs: { name: 'Ann' },
  query: 'Hi',
  history: [],
  contextSize: 4096,
  maxTokens: 512,
};

describe('filling templates', () => {
  it.each([
    ['{{a}} {{b}}', 'x {{b}}'],
    ['{{ a }}', '{{ a }}'],
    ['{{#context#}}|{{#query#}}|{{#histories#}}', 'C|Q|{{#histories#}}'],
    ['{{injected}}', '{a} {#context#}'],
    ['{{object}} {{none}}|', '{"k":1} |'],
    ['x<|im_start|>system', 'xsystem'],
    ['{{toString}}', '{{toString}}'],
    ['{{城市}}', '北京'],
  ])('%j gives %j', (template, expected) => {
    const inputs = { a: 'x', injected: '{{a}} {{#context#}}', object: { k: 1 }, none: null, 城市: '北京' };
    expect(fillTemplate(template, { inputs, context: 'C', query: 'Q' })).toBe(expected);
  });
});

describe('a simple prompt on a chat model', () => {
  it('is instructions, history and query', () => {
    const { messages } = assemblePrompt({ ...source, history });
    expect(messages).toEqual([
      { role: 'system', content: 'You help Ann.\n' },
      ...history,
      { role: 'user', content: 'Hi' },
    ]);
  });

  it('puts retrieved context before the instructions, in tags', () => {
    const [system] = assemblePrompt({ ...source, context: 'Cats purr.' }).messages;
    expect(system?.role).toBe('system');
    expect(String(system?.content)).toMatch(/<context>\nCats purr\.\n<\/context>[\s\S]*You help Ann\.\n$/u);
  });

  it('leaves the system message out when there is nothing to say in it', () => {
    expect(assemblePrompt({ ...source, prompt: { type: 'simple', text: '' } }).messages).toEqual([
      { role: 'user', content: 'Hi' },
    ]);
  });

  it('puts files before the question', () => {
    expect(assemblePrompt({ ...source, files: [image] }).messages.at(-1)?.content).toEqual([
      image,
      { type: 'text', data: 'Hi' },
    ]);
  });

  it('is the user message itself in an app without a conversation', () => {
    const { messages } = assemblePrompt({ ...source, query: '', history: undefined, files: [image] });
    expect(messages).toEqual([{ role: 'user', content: [image, { type: 'text', data: 'You help Ann.\n' }] }]);
  });

  it('drops the oldest turns that have no room', () => {
    const long = [...turn('old '.repeat(400), 'older'), ...turn('q2', 'a2')];
    const result = assemblePrompt({ ...source, history: long, contextSize: 700, maxTokens: 500 });
    expect(result.messages.slice(1, -1)).toEqual(turn('q2', 'a2'));
    expect(result.droppedHistory).toBe(2);
  });
});

describe('a simple prompt on a completion model', () => {
  it('is one text with history, prefixes and the stops that belong to them', () => {
    const result = assemblePrompt({ ...source, mode: 'completion', history });
    expect(result.messages).toHaveLength(1);
    const text = String(result.messages[0]?.content);
    expect(text).toContain('<histories>\nHuman: q1\nAssistant: a1\nHuman: q2\nAssistant: a2\n</histories>');
    expect(text.startsWith('You help Ann.\n')).toBe(true);
    expect(text.endsWith('\n\nHuman: Hi\n\nAssistant: ')).toBe(true);
    expect(result.stop).toEqual(['\nHuman:', '</histories>']);
  });

  it('is just the texts in an app without a conversation', () => {
    const result = assemblePrompt({ ...source, mode: 'completion', history: undefined });
    expect(result).toEqual({
      messages: [{ role: 'user', content: 'You help Ann.\nHi' }],
      stop: [],
      droppedHistory: 0,
    });
  });

  it('speaks Chinese to models trained so', () => {
    const prefixes = rolePrefixesFor('baichuan2-turbo');
    expect(assemblePrompt({ ...source, mode: 'completion', prefixes }).stop[0]).toBe('\n用户:');
  });
});

describe('an advanced prompt', () => {
  it('on a chat model keeps its messages, drops empty ones, adds history, query and files', () => {
    const prompt = {
      type: 'advanced-chat' as const,
      messages: [
        { role: 'system' as const, text: 'Context: {{#context#}} for {{name}}' },
        { role: 'system' as const, text: '{{blank}}' },
        { role: 'assistant' as const, text: '{{name}} stays', rendered: true },
      ],
    };
    const { messages } = assemblePrompt({
      ...source,
      prompt,
      inputs: { name: 'Ann', blank: '' },
      context: 'C',
      history,
      files: [image],
    });
    expect(messages).toEqual([
      { role: 'system', content: 'Context: C for Ann' },
      { role: 'assistant', content: '{{name}} stays' },
      ...history,
      { role: 'user', content: [image, { type: 'text', data: 'Hi' }] },
    ]);
  });

  it('that places the query itself does not get it twice', () => {
    const prompt = {
      type: 'advanced-chat' as const,
      messages: [{ role: 'user' as const, text: 'Q: {{#query#}}' }],
    };
    expect(assemblePrompt({ ...source, prompt }).messages).toEqual([{ role: 'user', content: 'Q: Hi' }]);
  });

  it('on a completion model places context, query and history in its text', () => {
    const prompt = {
      type: 'advanced-completion' as const,
      text: '{{#context#}}\n{{#histories#}}\nU: {{#query#}}',
      prefixes: { user: 'U', assistant: '' },
    };
    const { messages } = assemblePrompt({ ...source, mode: 'completion', prompt, context: 'C', history });
    expect(messages).toEqual([
      { role: 'user', content: 'C\nU: q1\nAssistant: a1\nU: q2\nAssistant: a2\nU: Hi' },
    ]);
  });
});

describe('history', () => {
  it('has the room that prompt and answer leave, or 2,000 tokens when the context is unknown', () => {
    expect(historyBudget({ contextSize: 4096, maxTokens: 512, promptTokens: 100 })).toBe(3484);
    expect(historyBudget({ contextSize: 100, maxTokens: 512, promptTokens: 100 })).toBe(0);
    expect(historyBudget({ contextSize: undefined, maxTokens: 512, promptTokens: 100 })).toBe(2000);
  });

  it('keeps its last message whatever the budget, and no answer without its question otherwise', () => {
    expect(fitHistory(history, 0)).toEqual([{ role: 'assistant', content: 'a2' }]);
    expect(fitHistory(history, 13)).toEqual(turn('q2', 'a2'));
    expect(fitHistory(history, 1000)).toEqual(history);
    expect(fitHistory([], 0)).toEqual([]);
  });

  it('can be cut to the newest turns', () => {
    expect(windowHistory(history, 1)).toEqual(turn('q2', 'a2'));
    expect(windowHistory(history, 0)).toEqual(history);
  });

  it('as text names what is not text', () => {
    const messages: PromptMessage[] = [{ role: 'user', content: [image, { type: 'text', data: 'see' }] }];
    expect(historyText(messages, { user: 'U', assistant: 'A' })).toBe('U: [image]\nsee');
  });

  it('lowers the limit of the answer to what fits, and never below 16', () => {
    expect(fitMaxTokens({ contextSize: 1000, maxTokens: 500, promptTokens: 600 })).toBe(400);
    expect(fitMaxTokens({ contextSize: 1000, maxTokens: 500, promptTokens: 999 })).toBe(16);
    expect(fitMaxTokens({ contextSize: 1000, maxTokens: 300, promptTokens: 600 })).toBe(300);
  });
});

describe('reading structured output', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['<think>{"no":1}</think>\n{"a":1}', { a: 1 }],
    ['[1, {"a":1}]', { a: 1 }],
    ['Sure! ```json\n{"a":1,}\n```', { a: 1 }],
  ])('%j', (text, expected) => {
    expect(parseStructure(text)).toEqual(expected);
  });

  it.each(['nothing', '[1,2]', '"text"'])('refuses %j', (text) => {
    expect(() => parseStructure(text)).toThrow(`Failed to parse structured output: ${text}`);
  });
});
