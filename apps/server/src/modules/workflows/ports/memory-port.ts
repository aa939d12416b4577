import type { MemoryPort, PromptMessage } from '@trellis/engine';
import { estimateTokens, historyBudget, stripThink } from '@trellis/models';
import type { ModelService } from '../../models/service.ts';
import type { HistoryStore } from '../../turns/history-store.ts';
import type { PortScope } from './engine-ports.ts';

/** Room that the rest of a prompt is left beside history, as a share of the model's context. */
const promptShare = 0.25;

/** What was said before in the conversation of a run; absent from runs without one. */
export function createMemoryPort(
  run: PortScope,
  options: { history: HistoryStore; models: ModelService },
): MemoryPort | undefined {
  const { turn } = run;
  if (turn === null) return undefined;
  return {
    async messages({ model, window }) {
      const past = await options.history.of({ ...turn, scope: run.scope });
      const turns = window === null ? past : past.slice(-Math.max(1, window));
      const messages = turns.flatMap(({ query, answer }): PromptMessage[] => [
        { role: 'user', content: query },
        { role: 'assistant', content: stripThink(answer) },
      ]);
      if (messages.length === 0) return [];
      const { schema } = await options.models.resolve(run.scope, {
        provider: model.provider,
        model: model.name,
        type: 'llm',
      });
      const contextSize = schema.model_properties.context_size;
      const { max_tokens: maxTokens } = model.parameters;
      const budget = historyBudget({
        contextSize,
        maxTokens: typeof maxTokens === 'number' ? maxTokens : undefined,
        promptTokens: Math.floor((contextSize ?? 0) * promptShare),
      });
      return newestThatFit(messages, budget);
    },
  };
}

/** Pairs are dropped from the oldest; the newest stays whatever its size. */
function newestThatFit(messages: readonly PromptMessage[], budgetTokens: number): PromptMessage[] {
  const sizes = messages.map(({ content }) => estimateTokens(typeof content === 'string' ? content : ''));
  let total = sizes.reduce((sum, size) => sum + size, 0);
  let start = 0;
  while (start < messages.length - 2 && total > budgetTokens) {
    total -= (sizes[start] ?? 0) + (sizes[start + 1] ?? 0);
    start += 2;
  }
  return messages.slice(start);
}
