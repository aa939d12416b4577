import { estimatePromptTokens } from '../tokens/estimate.ts';
import { fitHistory, historyBudget, historyText, type RolePrefixes } from './history.ts';
import type { ContentPart, FilePart, PromptMessage } from './message.ts';
import { fillTemplate, placeholdersOf } from './template.ts';

/** One instruction text, to which the rest is added by rule. */
export interface SimplePrompt {
  type: 'simple';
  text: string;
}

/** A message of an advanced prompt. */
export interface AdvancedMessage {
  role: 'system' | 'user' | 'assistant';
  text: string;
  /** The text has been rendered already (Jinja templates); placeholders in it are text. */
  rendered?: boolean | undefined;
}

/** Messages written out by the app's author, for chat models. */
export interface AdvancedChatPrompt {
  type: 'advanced-chat';
  messages: readonly AdvancedMessage[];
}

/** A whole text written out by the app's author, for completion models. */
export interface AdvancedCompletionPrompt {
  type: 'advanced-completion';
  text: string;
  rendered?: boolean | undefined;
  /** Empty prefixes become `Human` and `Assistant`. */
  prefixes?: Partial<RolePrefixes> | undefined;
}

/** What a prompt is put together from. */
export interface PromptSource {
  /** Mode of the model. */
  mode: 'chat' | 'completion';
  prompt: SimplePrompt | AdvancedChatPrompt | AdvancedCompletionPrompt;
  inputs: Readonly<Record<string, unknown>>;
  /** Empty for apps without a conversation. */
  query: string;
  /** What retrieval found; absent or empty when there is none. */
  context?: string | undefined;
  files?: readonly FilePart[] | undefined;
  /** Earlier turns, oldest first, reasoning already removed; absent for apps without a conversation. */
  history?: readonly PromptMessage[] | undefined;
  /** Context size of the model and the answer's limit, from which the room for history follows. */
  contextSize: number | undefined;
  maxTokens: number | undefined;
  /** Names of the two sides in text prompts; Human and Assistant when absent. */
  prefixes?: RolePrefixes | undefined;
}

/** A prompt ready for a model. */
export interface AssembledPrompt {
  messages: PromptMessage[];
  /** Stop sequences that belong to the form of the prompt. */
  stop: string[];
  /** Messages of the history that had no room. */
  droppedHistory: number;
}

const defaultPrefixes: RolePrefixes = { user: 'Human', assistant: 'Assistant' };
const chinesePrefixes: RolePrefixes = { user: '用户', assistant: '助手' };

/** The prefixes that a model was trained with. */
export function rolePrefixesFor(model: string): RolePrefixes {
  return /baichuan/iu.test(model) ? chinesePrefixes : defaultPrefixes;
}

/** Puts the messages of a call together: instructions, retrieved context, history that fits, query and files. */
export function assemblePrompt(source: PromptSource): AssembledPrompt {
  const { prompt, mode } = source;
  switch (prompt.type) {
    case 'advanced-chat':
      return advancedChat(source, prompt);
    case 'advanced-completion':
      return advancedCompletion(source, prompt);
    case 'simple':
      return mode === 'chat' ? simpleChat(source, prompt) : simpleCompletion(source, prompt);
  }
}

function contextBlock(context: string | undefined): string {
  if (context === undefined || context.trim() === '') return '';
  return [
    'Answer from the text between the context tags and from nothing else.',
    '',
    '<context>',
    context.trim(),
    '</context>',
    '',
    'If the text does not hold the answer, say that you do not know; when in doubt, ask what is meant.',
    'Do not mention that you were given a text. Answer in the language of the user.',
    '',
    '',
  ].join('\n');
}

function instructions(source: PromptSource, prompt: SimplePrompt): string {
  const own = fillTemplate(prompt.text, {
    inputs: source.inputs,
    query: source.query,
    context: source.context,
  });
  // A prompt that places the context itself needs no block around it.
  const block = placeholdersOf(prompt.text).has('#context#') ? '' : contextBlock(source.context);
  const text = own.trim() === '' ? block : `${block}${own}\n`;
  return text.trim() === '' ? '' : text;
}

function simpleChat(source: PromptSource, prompt: SimplePrompt): AssembledPrompt {
  const { query, files = [] } = source;
  const text = instructions(source, prompt);
  if (query === '') {
    return {
      messages: text === '' && files.length === 0 ? [] : [userMessage(text, files)],
      stop: [],
      droppedHistory: 0,
    };
  }
  const system: PromptMessage[] = text === '' ? [] : [{ role: 'system', content: text }];
  const user = userMessage(query, files);
  const { kept, dropped } = roomForHistory(source, [...system, user]);
  return { messages: [...system, ...kept, user], stop: [], droppedHistory: dropped };
}

function simpleCompletion(source: PromptSource, prompt: SimplePrompt): AssembledPrompt {
  const { query, files = [], history, prefixes = defaultPrefixes } = source;
  const before = instructions(source, prompt);
  if (history === undefined) {
    return { messages: [userMessage(`${before}${query}`, files)], stop: [], droppedHistory: 0 };
  }
  const ask = query === '' ? '' : `\n\n${prefixes.user}: ${query}\n\n${prefixes.assistant}: `;
  const { kept, dropped } = roomForHistory(source, [userMessage(`${before}${ask}`, files)]);
  const earlier =
    kept.length === 0
      ? ''
      : `The conversation so far is between the histories tags.\n\n<histories>\n${historyText(kept, prefixes)}\n</histories>\n`;
  return {
    messages: [userMessage(`${before}${earlier}${ask}`, files)],
    stop: [`\n${prefixes.user}:`, '</histories>'],
    droppedHistory: dropped,
  };
}

function advancedChat(source: PromptSource, prompt: AdvancedChatPrompt): AssembledPrompt {
  const { query, files = [], inputs, context } = source;
  const values = { inputs, context: context ?? '', query };
  const placesQuery = prompt.messages.some(
    (message) => message.rendered !== true && placeholdersOf(message.text).has('#query#'),
  );
  const own = prompt.messages.flatMap(({ role, text, rendered }): PromptMessage[] => {
    const content = rendered === true ? text : fillTemplate(text, values);
    return content.trim() === '' ? [] : [{ role, content }];
  });
  const ask = query !== '' && !placesQuery ? [userMessage(query, [])] : [];
  const { kept, dropped } = roomForHistory(source, [...own, ...ask]);
  return { messages: attachFiles([...own, ...kept, ...ask], files), stop: [], droppedHistory: dropped };
}

function advancedCompletion(source: PromptSource, prompt: AdvancedCompletionPrompt): AssembledPrompt {
  const { query, inputs, context, files = [] } = source;
  const usual = source.prefixes ?? defaultPrefixes;
  const prefixes = {
    user: prompt.prefixes?.user || usual.user,
    assistant: prompt.prefixes?.assistant || usual.assistant,
  };
  const render = (histories: string) =>
    prompt.rendered === true
      ? prompt.text
      : fillTemplate(prompt.text, { inputs, context: context ?? '', query, histories });
  const { kept, dropped } = roomForHistory(source, [userMessage(render(''), files)]);
  return {
    messages: [userMessage(render(historyText(kept, prefixes)), files)],
    stop: [],
    droppedHistory: dropped,
  };
}

function roomForHistory(
  source: PromptSource,
  without: readonly PromptMessage[],
): { kept: PromptMessage[]; dropped: number } {
  const { history = [], contextSize, maxTokens } = source;
  if (history.length === 0) return { kept: [], dropped: 0 };
  const kept = fitHistory(
    history,
    historyBudget({ contextSize, maxTokens, promptTokens: estimatePromptTokens(without) }),
  );
  return { kept, dropped: history.length - kept.length };
}

/** A user message; files stand before the text. */
function userMessage(text: string, files: readonly FilePart[]): PromptMessage {
  if (files.length === 0) return { role: 'user', content: text };
  const parts: ContentPart[] = [...files, ...(text === '' ? [] : [{ type: 'text' as const, data: text }])];
  return { role: 'user', content: parts };
}

/** Files go to the last user message; where there is none they make one. */
function attachFiles(messages: readonly PromptMessage[], files: readonly FilePart[]): PromptMessage[] {
  if (files.length === 0) return [...messages];
  const at = messages.findLastIndex((message) => message.role === 'user');
  const target = messages[at];
  if (target === undefined) return [...messages, userMessage('', files)];
  const own: readonly ContentPart[] =
    typeof target.content === 'string' ? [{ type: 'text', data: target.content }] : (target.content ?? []);
  return messages.with(at, { ...target, content: [...files, ...own] });
}
