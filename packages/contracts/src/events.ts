/**
 * What a running app says while it runs. Every app mode yields this one union; recording, moderation and the encoders
 * of the service API, the web app and the console read nothing else. Wire shapes: service API, "Streaming protocol".
 */

/** Token counts and prices of model calls; prices are decimal strings, times are seconds. */
export interface Usage {
  prompt_tokens: number;
  prompt_unit_price: string;
  prompt_price_unit: string;
  prompt_price: string;
  completion_tokens: number;
  completion_unit_price: string;
  completion_price_unit: string;
  completion_price: string;
  total_tokens: number;
  total_price: string;
  currency: string;
  latency: number;
  time_to_first_token: number | null;
  time_to_generate: number | null;
}

/** The usage of a turn in which no model ran. */
export const emptyUsage: Readonly<Usage> = {
  prompt_tokens: 0,
  prompt_unit_price: '0',
  prompt_price_unit: '0',
  prompt_price: '0',
  completion_tokens: 0,
  completion_unit_price: '0',
  completion_price_unit: '0',
  completion_price: '0',
  total_tokens: 0,
  total_price: '0',
  currency: 'USD',
  latency: 0,
  time_to_first_token: null,
  time_to_generate: null,
};

/** What a finished message says about itself. */
export interface MessageMetadata {
  annotation_reply: { id: string; account: { id: string; name: string } } | null;
  retriever_resources: unknown[];
  usage: Usage;
}

/** A piece of answer text. */
export interface MessageDelta {
  event: 'message';
  answer: string;
  from_variable_selector?: string[] | null;
}

/** The text so far is to be replaced (output moderation, a node run again). */
export interface MessageReplace {
  event: 'message_replace';
  answer: string;
  reason: string;
}

/** The answer is complete. */
export interface MessageEnd {
  event: 'message_end';
  metadata: MessageMetadata;
  files: unknown[] | null;
}

/** A fragment of spoken answer (base64 MP3), and the end of speech. */
export interface SpeechDelta {
  event: 'tts_message' | 'tts_message_end';
  audio: string;
}

/** A workflow event; `data` has the shapes of the streaming protocol's workflow section. */
export interface WorkflowEvent {
  event:
    | 'workflow_started'
    | 'workflow_finished'
    | 'workflow_paused'
    | 'node_started'
    | 'node_finished'
    | 'node_retry'
    | 'iteration_started'
    | 'iteration_next'
    | 'iteration_completed'
    | 'loop_started'
    | 'loop_next'
    | 'loop_completed'
    | 'text_chunk'
    | 'text_replace'
    | 'reasoning_chunk'
    | 'agent_log'
    | 'human_input_required'
    | 'human_input_form_filled'
    | 'human_input_form_timeout';
  data: Record<string, unknown>;
}

/** The turn failed; the stream closes after it. */
export interface ErrorEvent {
  event: 'error';
  code: string;
  message: string;
  status: number;
}

/** Everything an app can say. */
export type AppEvent = MessageDelta | MessageReplace | MessageEnd | SpeechDelta | WorkflowEvent | ErrorEvent;
