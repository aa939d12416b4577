/** Messages and the events by which they arrive, common to the console, the web app and the service API. */

/** What people say about an answer. */
export type Rating = 'like' | 'dislike' | null;

/** A file that belongs to a message. */
export interface MessageFile {
  readonly id: string;
  readonly filename?: string;
  readonly type: string;
  readonly url: string;
  readonly mime_type?: string;
  readonly size?: number;
  readonly belongs_to?: 'user' | 'assistant';
}

/** A passage that an answer rests on. */
export interface Citation {
  readonly position: number;
  readonly dataset_name: string;
  readonly document_id: string;
  readonly document_name: string;
  readonly content: string;
  readonly score?: number | null;
  readonly page?: number | null;
}

/** One step of an agent. */
export interface AgentThought {
  readonly id: string;
  readonly position: number;
  readonly thought: string;
  readonly observation: string;
  readonly tool: string;
  readonly tool_input: string;
}

/** Tokens, price and time of a model call. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly total_price: string | number;
  readonly currency: string;
  readonly latency: number;
  readonly time_to_first_token?: number | null;
}

/** A stored message of a conversation, as the web app lists it. */
export interface StoredMessage {
  readonly id: string;
  readonly conversation_id: string;
  readonly parent_message_id: string | null;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly query: string;
  readonly answer: string;
  readonly status: string;
  readonly error: string | null;
  readonly feedback?: { readonly rating: Rating } | null;
  readonly retriever_resources?: readonly Citation[];
  readonly message_files: readonly MessageFile[];
  readonly agent_thoughts?: readonly AgentThought[];
  readonly created_at: number;
  /** The task that is writing it, where the web app tells it. */
  readonly task_id?: string | null;
  /** The run of the graph that wrote it, where the web app tells it. */
  readonly workflow_run_id?: string | null;
}

/** A file named in a request. */
export interface FileReference {
  readonly type: string;
  readonly transfer_method: 'local_file' | 'remote_url';
  readonly upload_file_id?: string;
  readonly url?: string;
}

/** An uploaded file. */
export interface UploadedFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly extension: string;
  readonly mime_type: string;
}

/** What stands on every event of a turn. */
interface Envelope {
  readonly task_id?: string;
  readonly conversation_id?: string;
  readonly message_id?: string;
}

/** What tells of the run of a graph within a turn. */
export interface RunStreamEvent {
  readonly event:
    | `workflow_${'started' | 'finished' | 'paused'}`
    | `node_${'started' | 'finished' | 'retry'}`
    | `${'iteration' | 'loop'}_${'started' | 'next' | 'completed'}`
    | `human_input_${'required' | 'form_filled' | 'form_timeout'}`;
  readonly workflow_run_id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events of a turn; others exist and are left alone. */
export type StreamEvent = Envelope &
  (
    | RunStreamEvent
    | { readonly event: 'message' | 'agent_message'; readonly answer: string }
    | { readonly event: 'message_replace'; readonly answer: string }
    | ({ readonly event: 'agent_thought' } & AgentThought)
    | ({ readonly event: 'message_file' } & MessageFile)
    | {
        readonly event: 'message_end';
        readonly metadata?: {
          readonly usage?: Usage;
          readonly retriever_resources?: readonly Citation[];
        };
      }
    | { readonly event: 'error'; readonly code: string; readonly message: string; readonly status: number }
    | { readonly event: 'tts_message' | 'tts_message_end'; readonly audio: string }
    | { readonly event: 'ping' }
  );

/** A conversation in a list. */
export interface Conversation {
  readonly id: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly introduction: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}
