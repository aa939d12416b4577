import { type Credentials, credentialText } from '../schema/credential-form.ts';
import type { Quirks } from '../schema/quirks.ts';

/** How one call to an OpenAI-compatible server is shaped by what its form says. */
export interface CompatibleCall {
  quirks: Quirks;
  parameters: Record<string, unknown>;
  /** Reasoning is switched off; servers that reason all the same are not shown. */
  suppressReasoning: boolean;
}

/** Applies the answers of the OpenAI-compatible credential form to a call. */
export function shapeCompatibleCall(options: {
  credentials: Credentials;
  quirks: Quirks;
  parameters: Readonly<Record<string, unknown>>;
}): CompatibleCall {
  const { credentials, parameters } = options;
  const { enable_thinking: thinking, web_search: webSearch, ...rest } = parameters;
  const value = (variable: string) => credentialText(credentials, variable);
  const tokenField = value('token_param_name');
  const quirks: Quirks = {
    ...options.quirks,
    max_tokens_field:
      tokenField === 'max_tokens' || tokenField === 'max_completion_tokens' ? tokenField : 'auto',
    ...(value('user_identity_support') === 'no_support' ? { send_user: 'off' as const } : {}),
    include_usage: value('stream_include_usage') !== 'disabled',
    tool_mode: value('function_calling_type') === 'function_call' ? 'functions' : 'tools',
    extra_body: {
      ...options.quirks.extra_body,
      ...(typeof thinking === 'boolean' && value('compatibility_mode') === 'extended'
        ? thinkingSwitches(thinking)
        : {}),
      ...(webSearch === true ? webSearchFields(value('web_search_support')) : {}),
    },
  };
  return { quirks, parameters: rest, suppressReasoning: thinking === false };
}

/** Servers disagree on the name of the switch, so all of them are sent. */
function thinkingSwitches(on: boolean): Record<string, unknown> {
  return {
    chat_template_kwargs: { enable_thinking: on, thinking: on },
    thinking: { type: on ? 'enabled' : 'disabled' },
    enable_thinking: on,
  };
}

function webSearchFields(support: string | undefined): Record<string, unknown> {
  switch (support) {
    case 'tool_standard':
      return { tools: [{ type: 'web_search', web_search: { enable: true } }] };
    case 'tool_simple':
      return { tools: [{ type: 'web_search' }] };
    case 'parameter':
      return { web_search: true };
    default:
      return {};
  }
}
