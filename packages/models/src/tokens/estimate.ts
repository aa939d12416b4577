import { messageParts, type PromptMessage, type ToolDefinition } from '../prompt/message.ts';

const perMessage = 3;
const perReply = 3;
const perTool = 8;
const perUnknownFile = 1000;
const lowDetailImage = 85;
const highDetailImage = 85 + 4 * 170;

/**
 * Tokens of a text, estimated from its characters within about 15 % of what current encodings count: cheap enough
 * for the request path (one pass, no tables), used for history budgets and where a provider reports no usage.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let word = 0;
  let digits = 0;
  const flush = () => {
    // Common words are one token; long ones split about every five letters.
    if (word > 0) tokens += word <= 7 ? 1 : Math.ceil(word / 5);
    if (digits > 0) tokens += Math.ceil(digits / 3);
    word = 0;
    digits = 0;
  };
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 39) {
      if (digits > 0) flush();
      word += 1;
    } else if (code >= 48 && code <= 57) {
      if (word > 0) flush();
      digits += 1;
    } else {
      flush();
      tokens += weightOf(code);
    }
  }
  flush();
  return Math.ceil(tokens);
}

function weightOf(code: number): number {
  // A blank is part of the word after it.
  if (code === 32) return 0;
  if (code === 10 || code === 13 || code === 9) return 0.4;
  if (code < 128) return 0.7;
  if (code < 0x250) return 0.7;
  if (code < 0x600) return 0.45;
  if (code >= 0x3000 && code <= 0x303f) return 0.6;
  if (code >= 0x3040 && code <= 0x30ff) return 0.6;
  if (code >= 0x4e00 && code <= 0x9fff) return 0.65;
  if (code >= 0xac00 && code <= 0xd7a3) return 0.7;
  return 0.9;
}

/** Tokens of a prompt, estimated: all messages, tool calls, files and tools. */
export function estimatePromptTokens(
  messages: readonly PromptMessage[],
  tools: readonly ToolDefinition[] = [],
): number {
  const ofMessages = messages.reduce((sum, message) => sum + estimateMessageTokens(message), 0);
  const ofTools = tools.reduce((sum, tool) => sum + perTool + estimateTokens(JSON.stringify(tool)), 0);
  return ofMessages + ofTools + perReply;
}

/** Tokens of one message, estimated. */
export function estimateMessageTokens(message: PromptMessage): number {
  let tokens = perMessage + (message.name === undefined ? 0 : 1 + estimateTokens(message.name));
  for (const part of messageParts(message)) {
    if (part.type === 'text') tokens += estimateTokens(part.data);
    else if (part.type === 'image') tokens += part.detail === 'high' ? highDetailImage : lowDetailImage;
    else tokens += perUnknownFile;
  }
  if (message.role === 'assistant') {
    for (const call of message.tool_calls ?? []) {
      tokens += perMessage + estimateTokens(call.function.name) + estimateTokens(call.function.arguments);
    }
  }
  return tokens;
}
