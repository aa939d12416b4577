import type { NodeData } from '@trellis/graph';

/** How the summary speaks: names of variables as people know them, and words of the interface. */
export interface SummaryWords {
  /** A selector as `Node.variable`. */
  readonly variable: (selector: readonly string[]) => string;
  readonly rounds: (count: number) => string;
  readonly lines: (count: number) => string;
  readonly over: (list: string) => string;
  readonly inParallel: (count: number) => string;
  readonly bases: (count: number) => string;
}

const placeholder = /\{\{#([^#}]+)#\}\}/g;
const longest = 140;

/** A text with placeholders on one line, its variables named as people know them. */
export function oneLine(text: string, words: Pick<SummaryWords, 'variable'>): string {
  const named = text.replaceAll(placeholder, (_whole, selector: string) =>
    words.variable(selector.split('.')),
  );
  const flat = named.replaceAll(/\s+/g, ' ').trim();
  return flat.length > longest ? `${flat.slice(0, longest)}…` : flat;
}

/** What a node is set to, in one line; empty when there is nothing to say. */
export function summaryOf(data: NodeData, words: SummaryWords): string {
  return partsOf(data, words).filter(Boolean).join(' · ');
}

function partsOf(data: NodeData, words: SummaryWords): string[] {
  const { variable } = words;
  const text = (template: string) => oneLine(template, words);
  switch (data.type) {
    case 'start':
      return [data.variables.map((field) => field.variable).join(', ')];
    case 'end':
      return [
        data.outputs.map((output) => `${output.variable} = ${variable(output.value_selector)}`).join(', '),
      ];
    case 'answer':
      return [text(data.answer)];
    case 'llm': {
      const messages = Array.isArray(data.prompt_template) ? data.prompt_template : [data.prompt_template];
      const first = messages.find((message) => message.text || message.jinja2_text);
      return [data.model.name, text(first?.text || first?.jinja2_text || '')];
    }
    case 'question-classifier':
      return [data.model.name, data.classes.map(({ name }) => name).join(', ')];
    case 'parameter-extractor':
      return [data.model.name, data.parameters.map(({ name }) => name).join(', ')];
    case 'knowledge-retrieval':
      return [words.bases(data.dataset_ids.length), variable(data.query_variable_selector)];
    case 'if-else':
      return [
        (data.cases ?? [data])
          .map((branch) =>
            branch.conditions
              .map((condition) =>
                [
                  variable(condition.variable_selector),
                  condition.comparison_operator,
                  typeof condition.value === 'string' ? text(condition.value) : '',
                ]
                  .filter(Boolean)
                  .join(' '),
              )
              .join(` ${branch.logical_operator} `),
          )
          .join(' / '),
      ];
    case 'code':
      return [
        data.code_language === 'python3' ? 'Python' : 'JavaScript',
        words.lines(data.code.split('\n').length),
        Object.keys(data.outputs).join(', '),
      ];
    case 'template-transform':
      return [text(data.template)];
    case 'http-request':
      return [`${data.method} ${text(data.url)}`];
    case 'tool':
      return [data.provider_name || data.provider_id, data.tool_label || data.tool_name];
    case 'variable-aggregator':
      return [
        data.advanced_settings?.group_enabled
          ? data.advanced_settings.groups.map(({ group_name }) => group_name).join(', ')
          : data.variables.map(variable).join(', '),
      ];
    case 'assigner':
      return [
        data.items === null
          ? variable(data.assigned_variable_selector)
          : data.items.map((item) => `${variable(item.variable_selector)} ${item.operation}`).join(', '),
      ];
    case 'iteration':
      return [
        words.over(variable(data.iterator_selector)),
        data.is_parallel ? words.inParallel(data.parallel_nums) : '',
      ];
    case 'loop':
      return [words.rounds(data.loop_count)];
    case 'document-extractor':
      return [variable(data.variable_selector)];
    case 'list-operator':
      return [variable(data.variable)];
    case 'agent':
      return [data.agent_strategy_label || data.agent_strategy_name];
    case 'human-input':
      return [text(data.form_content), data.user_actions.map(({ title }) => title).join(' / ')];
    case 'trigger-webhook':
      return [data.method, data.content_type];
    case 'trigger-schedule':
      return [data.mode === 'cron' ? data.cron_expression : data.frequency, data.timezone];
    default:
      return [];
  }
}
