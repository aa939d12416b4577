import { splitIntoWords } from './count-tokens.ts';
import { schemaInstance } from './schema-instance.ts';
import { type ChatMessage, type ChatRequest, messageText } from './wire.ts';

/** A call of a tool in an answer. */
export interface FakeToolCall {
  id?: string;
  name: string;
  /** Sent as JSON; a string is sent as it is, so that broken JSON can be scripted. */
  arguments: unknown;
}

/** What a model would say to one request, before it is put on the wire. */
export interface FakeAnswer {
  /** The answer; an array is streamed piece by piece as given, a string word by word. */
  text?: string | readonly string[];
  reasoning?: string | readonly string[];
  toolCalls?: readonly FakeToolCall[];
  finishReason?: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  usage?: { promptTokens: number; completionTokens: number; cachedTokens?: number; reasoningTokens?: number };
}

/** A rule gives the answer to a request, or nothing when it does not apply. */
export type AnswerRule = (request: ChatRequest) => FakeAnswer | undefined;

/** The pieces in which a text is streamed. */
export function piecesOf(text: string | readonly string[] | undefined): readonly string[] {
  return typeof text === 'string' ? splitIntoWords(text) : (text ?? []);
}

function lastUser(request: ChatRequest): ChatMessage | undefined {
  return request.messages.findLast((message) => message.role === 'user');
}

function systemText(request: ChatRequest): string {
  return request.messages
    .filter((message) => message.role === 'system' || message.role === 'developer')
    .map(messageText)
    .join('\n');
}

function isChinese(text: string): boolean {
  return /[\u4e00-\u9fff]/u.test(text);
}

const benchmarkModel: AnswerRule = (request) => {
  const size = /^bench-(\d+)/u.exec(request.model);
  return size === null ? undefined : { text: new Array<string>(Number(size[1])).fill('token ') };
};

const toolResult: AnswerRule = (request) => {
  const last = request.messages.at(-1);
  return last?.role === 'tool' ? { text: `The tool answered: ${messageText(last)}` } : undefined;
};

const toolCall: AnswerRule = (request) => {
  const tools = request.tools ?? [];
  const choice = request.tool_choice ?? 'auto';
  if (tools.length === 0 || choice === 'none') return undefined;
  const question = lastUser(request);
  const text = question === undefined ? '' : messageText(question);
  const chosen =
    typeof choice === 'object'
      ? tools.filter((tool) => tool.function.name === choice.function.name)
      : tools.filter((tool) => text.toLowerCase().includes(tool.function.name.toLowerCase()));
  const calls = chosen.length === 0 && choice === 'required' ? tools.slice(0, 1) : chosen;
  if (calls.length === 0) return undefined;
  return {
    toolCalls: calls.map((tool) => ({
      name: tool.function.name,
      arguments: schemaInstance(tool.function.parameters ?? {}, text),
    })),
  };
};

const structuredOutput: AnswerRule = (request) => {
  const format = request.response_format;
  if (format?.type !== 'json_schema' && format?.type !== 'json_object') return undefined;
  const question = lastUser(request);
  const text = question === undefined ? '' : messageText(question);
  const schema = format.json_schema?.schema;
  return { text: JSON.stringify(schema === undefined ? { answer: text } : schemaInstance(schema, text)) };
};

/** Applications ask for lists of suggestions in words ("a JSON array of strings"); a parsable list is the answer. */
const jsonArray: AnswerRule = (request) => {
  const text = request.messages.map(messageText).join('\n');
  if (!/json\s+(?:array|list)|JSON\s*数组/iu.test(text)) return undefined;
  const items = isChinese(text)
    ? ['演示模型能做什么？', '如何接入真正的模型？', '能再举一个例子吗？']
    : ['What can the demo model do?', 'How do I connect a real model?', 'Can you give another example?'];
  return { text: JSON.stringify(items) };
};

/** Applications ask for a title in words; the beginning of the message is one. */
const title: AnswerRule = (request) => {
  const question = lastUser(request);
  if (question === undefined || !/\btitle only\b/iu.test(systemText(request))) return undefined;
  const text = messageText(question).trim();
  const beginning = isChinese(text) ? text.slice(0, 16) : text.split(/\s+/u).slice(0, 8).join(' ');
  return { text: beginning.replace(/[.!?。！？,，;；:：]+$/u, '') };
};

const repeatOnDemand: AnswerRule = (request) => {
  const question = lastUser(request);
  const wanted = /^\s*(?:please\s+)?(?:echo|repeat|say|重复|请说)[\s:：]+(.+)$/isu.exec(
    question === undefined ? '' : messageText(question),
  );
  return wanted?.[1] === undefined ? undefined : { text: wanted[1].trim() };
};

const countOnDemand: AnswerRule = (request) => {
  const question = lastUser(request);
  const wanted = /^\s*count\s+(?:(?:up\s+)?to\s+)?(\d{1,3})\b/iu.exec(
    question === undefined ? '' : messageText(question),
  );
  if (wanted?.[1] === undefined) return undefined;
  const numbers = Array.from({ length: Number(wanted[1]) }, (_, index) => String(index + 1));
  return { text: `${numbers.join(', ')}.` };
};

/** With given context, the sentence of it that shares most words with the question is quoted. */
const quoteContext: AnswerRule = (request) => {
  const question = lastUser(request);
  const everything = request.messages.map(messageText).join('\n');
  const context = /<context>([\s\S]*?)<\/context>/u.exec(everything)?.[1]?.trim();
  if (context === undefined || context === '' || question === undefined) return undefined;
  const words = new Set(
    messageText(question)
      .toLowerCase()
      .match(/[\p{L}\p{N}]{3,}|[\u4e00-\u9fff]/gu) ?? [],
  );
  const sentences = context.match(/[^.!?。！？\n]+[.!?。！？]?/gu) ?? [context];
  const scored = sentences.map((sentence) => ({
    sentence: sentence.trim(),
    score: (sentence.toLowerCase().match(/[\p{L}\p{N}]{3,}|[\u4e00-\u9fff]/gu) ?? []).filter((word) =>
      words.has(word),
    ).length,
  }));
  const best = scored.reduce((top, candidate) => (candidate.score > top.score ? candidate : top));
  return { text: `(Demo model, quoting the given context) ${best.sentence}` };
};

const describeMessage: AnswerRule = (request) => {
  const question = lastUser(request);
  const text = question === undefined ? '' : messageText(question).trim();
  const images = Array.isArray(question?.content)
    ? question.content.filter((part) => part.type !== 'text').length
    : 0;
  const turns = request.messages.filter((message) => message.role === 'user').length;
  const instructions = systemText(request).trim();
  if (isChinese(text)) {
    return {
      text: [
        '这是演示模型的固定回答，背后没有语言模型。',
        `您发送了 ${text.length} 个字符：“${shorten(text)}”。`,
        ...(images > 0 ? [`还附带了 ${images} 个文件。`] : []),
        ...(turns > 1 ? [`这是本次对话的第 ${turns} 个问题。`] : []),
        ...(instructions === '' ? [] : [`应用的提示词是：“${shorten(instructions)}”。`]),
        '请在“设置 → 模型供应商”中接入真正的模型。',
      ].join(''),
    };
  }
  const words = text.split(/\s+/u).filter((word) => word !== '').length;
  return {
    text: [
      'This is a canned answer of the demo model; there is no language model behind it.',
      `You wrote ${words} ${words === 1 ? 'word' : 'words'}: “${shorten(text)}”.`,
      ...(images > 0 ? [`You attached ${images} ${images === 1 ? 'file' : 'files'}.`] : []),
      ...(turns > 1 ? [`It is question ${turns} of this conversation.`] : []),
      ...(instructions === '' ? [] : [`The instructions of this app are: “${shorten(instructions)}”.`]),
      'Connect a real model in Settings → Model providers.',
    ].join(' '),
  };
};

function shorten(text: string): string {
  const line = text.replace(/\s+/gu, ' ');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** The rules by which the fake provider answers, first match first; the last one always applies. */
export const defaultRules: readonly AnswerRule[] = [
  benchmarkModel,
  toolResult,
  toolCall,
  structuredOutput,
  jsonArray,
  title,
  repeatOnDemand,
  countOnDemand,
  quoteContext,
  describeMessage,
];

/** The answer of the first rule that applies; an empty one when none does. */
export function applyRules(rules: readonly AnswerRule[], request: ChatRequest): FakeAnswer {
  for (const rule of rules) {
    const answer = rule(request);
    if (answer !== undefined) return answer;
  }
  return { text: '' };
}

/** The default rules' answer to a chat request, piece by piece; for use without HTTP. */
export async function* answer(request: ChatRequest): AsyncIterable<string> {
  yield* piecesOf(applyRules(defaultRules, request).text);
}
