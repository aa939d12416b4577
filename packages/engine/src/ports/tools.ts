import type { Usage } from '@trellis/contracts';
import type { ToolProviderType } from '@trellis/graph';
import type { FileValue } from '../values/file.ts';

/** Which tool a node calls. */
export interface ToolReference {
  readonly providerType: ToolProviderType;
  readonly providerId: string;
  readonly providerName: string;
  readonly toolName: string;
  readonly credentialId: string | null;
  readonly pluginUniqueIdentifier: string | null;
}

/** A parameter that a tool declares. */
export interface ToolParameter {
  readonly name: string;
  readonly required: boolean;
  /** Values are passwords or keys and masked in records. */
  readonly isSecret: boolean;
}

/** A tool that can be called. */
export interface ResolvedTool {
  readonly parameters: readonly ToolParameter[];
  readonly icon: unknown;
  /** Calls it. Values are cast to the declared types by the tool layer. */
  invoke(call: ToolCall): AsyncIterable<ToolMessage>;
}

/** A call of a tool. */
export interface ToolCall {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Form settings. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly userId: string;
  /** Nesting of workflows that call workflows as tools; the callee runs with one more. */
  readonly callDepth: number;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** What a tool says, in order. */
export type ToolMessage =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'json'; readonly json: unknown }
  | { readonly type: 'link'; readonly url: string }
  /** A file with its content stored; `link` says that a link line belongs into the text. */
  | { readonly type: 'file'; readonly file: FileValue; readonly link?: boolean }
  | {
      readonly type: 'blob';
      readonly bytes: Uint8Array;
      readonly mimeType: string | null;
      readonly filename: string | null;
    }
  /** A piece of a file too long for one message. */
  | {
      readonly type: 'blob-chunk';
      readonly id: string;
      readonly sequence: number;
      readonly totalLength: number;
      readonly bytes: Uint8Array;
      readonly isLast: boolean;
      readonly mimeType: string | null;
      readonly filename: string | null;
    }
  | { readonly type: 'image-link'; readonly url: string; readonly mimeType: string | null }
  /** A named output; streamed ones come in pieces of text. */
  | { readonly type: 'variable'; readonly name: string; readonly value: unknown; readonly stream: boolean }
  | { readonly type: 'log'; readonly log: Readonly<Record<string, unknown>> }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'retriever-resources'; readonly resources: readonly unknown[] };

/** Tools of the workspace. */
export interface ToolPort {
  /** Finds a tool and its credentials. */
  resolve(reference: ToolReference, signal: AbortSignal): Promise<ResolvedTool>;
}
