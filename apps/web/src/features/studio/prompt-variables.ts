import type { FormVariable, ModelConfig } from '../../api/model-config.ts';

/** A placeholder in a prompt: `{{name}}`. Names begin with a letter or underscore (CJK counts) and have ≤ 30 characters. */
const placeholder = /\{\{([\p{L}_][\p{L}\p{N}_]{0,29})\}\}/gu;

/** Rule for the key of a variable. */
export const variableKeyPattern = /^[\p{L}_][\p{L}\p{N}_]{0,29}$/u;

/** A piece of a prompt: plain text or a placeholder. */
export interface PromptPiece {
  readonly text: string;
  readonly variable: string | undefined;
}

/** Cuts a prompt into text and placeholders; joined again they are the prompt. */
export function splitPrompt(prompt: string): PromptPiece[] {
  const pieces: PromptPiece[] = [];
  let end = 0;
  for (const match of prompt.matchAll(placeholder)) {
    if (match.index > end) pieces.push({ text: prompt.slice(end, match.index), variable: undefined });
    pieces.push({ text: match[0], variable: match[1] });
    end = match.index + match[0].length;
  }
  if (end < prompt.length) pieces.push({ text: prompt.slice(end), variable: undefined });
  return pieces;
}

/** The names used in a prompt, each once, in order. */
export function usedVariables(prompt: string): string[] {
  return [...new Set(splitPrompt(prompt).flatMap((piece) => piece.variable ?? []))];
}

/** The names used in a prompt for which there is no variable yet. */
export function unknownVariables(prompt: string, variables: readonly FormVariable[]): string[] {
  const known = new Set(variables.map((variable) => variable.variable));
  return usedVariables(prompt).filter((name) => !known.has(name));
}

/** All texts of a configuration in which placeholders count. */
export function promptTexts(config: ModelConfig): string[] {
  return [
    config.pre_prompt,
    config.opening_statement ?? '',
    ...(config.chat_prompt_config?.prompt?.map((message) => message.text) ?? []),
    config.completion_prompt_config?.prompt?.text ?? '',
  ];
}

/** The configuration with a variable's new name in every placeholder. */
export function renameInPrompts(config: ModelConfig, from: string, to: string): ModelConfig {
  const rename = (text: string) => text.replaceAll(`{{${from}}}`, `{{${to}}}`);
  return {
    ...config,
    pre_prompt: rename(config.pre_prompt),
    opening_statement: config.opening_statement === null ? null : rename(config.opening_statement),
    ...(config.chat_prompt_config?.prompt
      ? {
          chat_prompt_config: {
            ...config.chat_prompt_config,
            prompt: config.chat_prompt_config.prompt.map((message) => ({
              ...message,
              text: rename(message.text),
            })),
          },
        }
      : {}),
    ...(config.completion_prompt_config?.prompt
      ? {
          completion_prompt_config: {
            ...config.completion_prompt_config,
            prompt: { text: rename(config.completion_prompt_config.prompt.text) },
          },
        }
      : {}),
  };
}
