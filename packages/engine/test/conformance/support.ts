import { FakeModels, type TestNode } from '../../src/testing/index.ts';

export type { EngineEvent } from '../../src/index.ts';
export * from '../../src/testing/index.ts';

/** An llm node that says one user message. */
export function llm(prompt: string, more: Readonly<Record<string, unknown>> = {}): TestNode {
  return {
    type: 'llm',
    model: { provider: 'test', name: 'test', mode: 'chat', completion_params: {} },
    prompt_template: [{ role: 'user', text: prompt }],
    context: { enabled: false, variable_selector: [] },
    ...more,
  };
}

/** Models whose answer is found by the first message. */
export function llmFor(answers: Readonly<Record<string, string | Error>>): FakeModels {
  return new FakeModels(({ messages }) => {
    const asked = String(messages[0]?.content);
    return answers[asked] ?? new Error(`No answer for ${asked}`);
  });
}

/** An if-else node with one case `true` of one condition. */
export function ifElse(selector: readonly string[], operator: string, value?: unknown): TestNode {
  const condition = { variable_selector: selector, comparison_operator: operator, value };
  return { type: 'if-else', cases: [{ case_id: 'true', logical_operator: 'and', conditions: [condition] }] };
}

/** A code node whose function is found by its code. */
export function code(
  name: string,
  inputs: Readonly<Record<string, readonly string[]>>,
  outputs: object,
): TestNode {
  return {
    type: 'code',
    code: name,
    code_language: 'python3',
    variables: Object.entries(inputs).map(([variable, value_selector]) => ({ variable, value_selector })),
    outputs,
  };
}

/** A template node. */
export function template(text: string, inputs: Readonly<Record<string, readonly string[]>> = {}): TestNode {
  const variables = Object.entries(inputs).map(([variable, value_selector]) => ({
    variable,
    value_selector,
  }));
  return { type: 'template-transform', template: text, variables };
}

/** An end node. */
export function end(outputs: Readonly<Record<string, readonly string[]>>): TestNode {
  return {
    type: 'end',
    outputs: Object.entries(outputs).map(([variable, value_selector]) => ({ variable, value_selector })),
  };
}

/** A promise that is resolved from outside. */
export function gate(): { promise: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: resolve };
}
