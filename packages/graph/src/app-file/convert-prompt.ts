import type { JsonObject } from '../graph/json.ts';
import type { BasicAppConfig } from '../model-config/schema.ts';
import type { Selector } from '../nodes/fields.ts';
import { toPlaceholder } from '../variables/placeholders.ts';

/** What the prompt of a basic app becomes a node's prompt from. */
export interface ConvertPromptSource {
  config: BasicAppConfig;
  /** Chat apps have a query and a history. */
  isChat: boolean;
  /** Where the variables of the prompt are in the graph. */
  variables: ReadonlyMap<string, Selector>;
  hasKnowledge: boolean;
}

const contextBlock = [
  'Answer from what stands between the <context> tags, and from nothing else.',
  '',
  '<context>',
  '{{#context#}}',
  '</context>',
  '',
  'If it does not tell you the answer, say that you do not know. Do not mention where your knowledge comes from.',
  'Answer in the language of the question.',
].join('\n');

/** The `prompt_template` of an llm node that does what the prompt of a basic app does. */
export function convertPrompt(source: ConvertPromptSource): JsonObject | JsonObject[] {
  const { config } = source;
  const isChatModel = config.model.mode === 'chat';
  if (config.prompt_type === 'advanced') {
    return isChatModel
      ? config.chat_prompt_config.prompt.map(({ role, text }) => ({
          role,
          text: withSelectors(text, source),
        }))
      : { text: withSelectors(config.completion_prompt_config.prompt.text, source) };
  }
  const prompt = withSelectors(config.pre_prompt, source);
  const blocks = [source.hasKnowledge ? contextBlock : '', prompt];
  if (isChatModel) {
    // Without a query of its own the prompt is what the user says.
    return [{ role: source.isChat ? 'system' : 'user', text: joined(blocks) }];
  }
  if (source.isChat) {
    const roles = config.completion_prompt_config.conversation_histories_role;
    blocks.push('<histories>\n{{#histories#}}\n</histories>');
    blocks.push(`${roles.user_prefix}: {{#sys.query#}}\n\n${roles.assistant_prefix}: `);
  }
  return { text: joined(blocks) };
}

function joined(blocks: string[]): string {
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** A text with `{{name}}` of known variables, and the query, as placeholders of a graph. */
function withSelectors(text: string, source: ConvertPromptSource): string {
  return text
    .replaceAll(/\{\{\s*([a-zA-Z_][a-zA-Z0-9_]{0,29})\s*\}\}/g, (whole, name: string) => {
      const selector = source.variables.get(name);
      return selector ? toPlaceholder(selector) : whole;
    })
    .replaceAll('{{#query#}}', source.isChat ? '{{#sys.query#}}' : queryOf(source));
}

function queryOf(source: ConvertPromptSource): string {
  const selector = source.variables.get(source.config.dataset_query_variable);
  return selector ? toPlaceholder(selector) : '';
}
