import type { ChatPrompt, CompletionPrompt, LlmData } from '@trellis/graph';
import { NodeError } from '../../errors.ts';
import type { ModelReference, PromptMessage } from '../../ports/index.ts';
import { isFile } from '../../values/file.ts';
import { renderTemplate, templateSelectors } from '../../values/template.ts';
import { toText } from '../../values/text.ts';
import { type NodeContext, requirePort } from '../node-context.ts';
import type { PromptContext } from './context.ts';
import { attachFiles, filePart, visionFiles } from './prompt-files.ts';

/** What a prompt is made of. */
export interface PromptSource {
  readonly data: LlmData;
  readonly model: ModelReference;
  readonly context: PromptContext;
  readonly jinjaInputs: Readonly<Record<string, unknown>>;
}

/**
 * Messages of an llm node: its template, the history, the query, the files.
 *
 * @throws {NodeError} `MemoryRolePrefixRequiredError`, and what templates, memory and files throw
 */
export async function assemblePrompt(source: PromptSource, node: NodeContext): Promise<PromptMessage[]> {
  const { prompt_template: template, vision } = source.data;
  const messages = Array.isArray(template)
    ? await chatMessages(source, template, node)
    : await completionMessages(source, template, node);
  const files = [...visionFiles(vision, node.pool), ...(vision.enabled ? source.context.files : [])];
  return attachFiles(
    messages,
    files.map((file) => filePart(file, vision.configs.detail)),
  );
}

async function chatMessages(
  source: PromptSource,
  template: readonly ChatPrompt[],
  node: NodeContext,
): Promise<PromptMessage[]> {
  const messages: PromptMessage[] = [];
  for (const prompt of template) {
    if (prompt.edition_type === 'jinja2') {
      messages.push({ role: prompt.role, content: await renderJinja(prompt, source, node) });
      continue;
    }
    const text = renderBasic(prompt.text, source.context, node);
    if (text !== '') messages.push({ role: prompt.role, content: text });
    const files = referencedFiles(prompt.text, node).map((file) =>
      filePart(file, source.data.vision.configs.detail),
    );
    if (files.length > 0) messages.push({ role: prompt.role, content: files });
  }
  const { memory } = source.data;
  if (memory === null) return messages;
  messages.push(...(await history(source, node)));
  const query = memory.query_prompt_template || '{{#sys.query#}}';
  messages.push({ role: 'user', content: renderTemplate(query, node.pool) });
  return messages;
}

function renderBasic(text: string, context: PromptContext, node: NodeContext): string {
  const withContext =
    context.text === null ? text : text.replaceAll('{{#context#}}', () => context.text ?? '');
  return renderTemplate(withContext, node.pool);
}

function renderJinja(
  prompt: ChatPrompt | CompletionPrompt,
  source: PromptSource,
  node: NodeContext,
): Promise<string> {
  const context = source.context.text ?? '';
  const template = prompt.jinja2_text.replaceAll('{{#context#}}', () => context);
  return requirePort(node, 'templates').render({
    template,
    variables: source.jinjaInputs,
    signal: node.signal,
  });
}

function referencedFiles(text: string, { pool }: NodeContext) {
  return templateSelectors(text).flatMap((selector) => {
    const value = pool.get(selector)?.value;
    return isFile(value) ? [value] : Array.isArray(value) ? value.filter(isFile) : [];
  });
}

/** Earlier messages; none outside a conversation. */
async function history({ data, model }: PromptSource, node: NodeContext): Promise<readonly PromptMessage[]> {
  const { memory, vision } = data;
  const port = node.ports.memory;
  if (memory === null || port === undefined) return [];
  const window = memory.window.enabled ? memory.window.size : null;
  return port.messages({ model, window, withFiles: vision.enabled, signal: node.signal });
}

async function completionMessages(
  source: PromptSource,
  template: CompletionPrompt,
  node: NodeContext,
): Promise<PromptMessage[]> {
  const rendered =
    template.edition_type === 'jinja2'
      ? await renderJinja(template, source, node)
      : renderBasic(template.text.replaceAll('{{#sys.query#}}', '#sys.query#'), source.context, node);
  const text =
    source.data.memory === null ? rendered : withHistory(rendered, await historyText(source, node));
  const query = toText(node.pool.get(['sys', 'query'])?.value);
  const content = text.replaceAll('{{#histories#}}', '').replaceAll('#sys.query#', () => query);
  return [{ role: 'user', content }];
}

async function historyText(source: PromptSource, node: NodeContext): Promise<string> {
  const prefix = source.data.memory?.role_prefix;
  if (!prefix) {
    throw new NodeError('MemoryRolePrefixRequiredError', 'Memory of a completion model needs role prefixes');
  }
  const messages = await history(source, node);
  return messages
    .map(({ role, content }) => {
      const text =
        typeof content === 'string'
          ? content
          : content.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
      return `${role === 'user' ? prefix.user : prefix.assistant}: ${text}`;
    })
    .join('\n');
}

function withHistory(text: string, history: string): string {
  const marker = /\{\{#histories#\}\}|#histories#/;
  return marker.test(text) ? text.replace(marker, () => history) : `${history}\n${text}`;
}
