import { randomUUID } from 'node:crypto';
import { FenceStripper } from '../prompt/code-block.ts';
import type { PromptMessage, ToolDefinition } from '../prompt/message.ts';
import { parseStructure } from '../prompt/structured-output.ts';
import type { Pricing } from '../schema/model.ts';
import { estimatePromptTokens, estimateTokens } from '../tokens/estimate.ts';
import type { FinishReason, LlmEvent, UsageEvent, WireEvent } from './llm-event.ts';
import type { LlmResult } from './llm-result.ts';
import { StopFilter } from './stop-filter.ts';
import { separateThink, type ThinkPiece, ThinkSplitter } from './think.ts';
import { ToolCallMerger } from './tool-call-merger.ts';
import { type CacheMultipliers, computeUsage } from './usage.ts';

/** What is known about a call before its answer arrives. */
export interface AssemblerOptions {
  model: string;
  messages: readonly PromptMessage[];
  tools: readonly ToolDefinition[];
  pricing: Pricing | null;
  cache?: CacheMultipliers | undefined;
  /** Stop sequences that the provider does not enforce. */
  localStops: readonly string[];
  /** Reasoning is switched off for this call but the server may think aloud all the same. */
  suppressReasoning: boolean;
  streaming: boolean;
  /** The answer is to be one JSON object. */
  structured: boolean;
  /** The answer continues a code block, whose fences are not shown. */
  inCodeBlock: boolean;
  startedMs: number;
  nowMs: () => number;
  warnings: readonly string[];
}

/**
 * Turns what an adapter reads into what callers see, event by event, and keeps the whole: inline reasoning is split
 * off, stop sequences are enforced, tool calls merged, usage and prices computed. Synchronous, because it runs for
 * every token.
 */
export class AnswerAssembler {
  readonly #options: AssemblerOptions;
  readonly #tools: ToolCallMerger;
  readonly #think = new ThinkSplitter();
  readonly #stop: StopFilter;
  readonly #fences: FenceStripper | undefined;
  readonly #files: LlmResult['files'] = [];
  #text = '';
  #reasoning = '';
  #usage: UsageEvent | undefined;
  #finish: FinishReason | null = null;
  #opaque: unknown;
  #firstTokenMs: number | undefined;
  #out: LlmEvent[] = [];

  constructor(options: AssemblerOptions) {
    this.#options = options;
    this.#tools = new ToolCallMerger(() => `chatcmpl-tool-${randomUUID().replaceAll('-', '')}`);
    this.#stop = new StopFilter(options.localStops);
    this.#fences = options.inCodeBlock ? new FenceStripper() : undefined;
  }

  /** A local stop sequence was met; nothing more is needed from the provider. */
  get stopped(): boolean {
    return this.#stop.stopped;
  }

  /** Something was read that makes an answer, if only a finish reason. */
  get hasAnswer(): boolean {
    return (
      this.#firstTokenMs !== undefined ||
      this.#finish !== null ||
      this.#files.length > 0 ||
      this.#tools.calls().length > 0
    );
  }

  /** Takes an event of the adapter. */
  readonly accept = (event: WireEvent): void => {
    switch (event.t) {
      case 'text':
        this.#think.push(event.v, this.#acceptPiece);
        break;
      case 'reasoning':
        this.#acceptPiece(event);
        break;
      case 'tool':
        this.#tools.add(event);
        this.#out.push(event);
        break;
      case 'file':
        this.#files.push({ ...event });
        this.#out.push(event);
        break;
      case 'usage':
        this.#usage = event;
        this.#out.push(event);
        break;
      case 'finish':
        this.#finish = event.reason;
        this.#out.push(event);
        break;
      case 'opaque':
        this.#opaque = event.body;
        this.#out.push(event);
        break;
    }
  };

  readonly #acceptPiece = (piece: ThinkPiece): void => {
    if (piece.t === 'reasoning') {
      if (this.#options.suppressReasoning) return;
      this.#firstTokenMs ??= this.#options.nowMs();
      this.#reasoning += piece.v;
      this.#out.push(piece);
      return;
    }
    const text = this.#stop.push(piece.v);
    if (text !== '') this.#emitText(this.#fences === undefined ? text : this.#fences.push(text));
  };

  #emitText(text: string): void {
    if (text === '') return;
    this.#firstTokenMs ??= this.#options.nowMs();
    this.#text += text;
    this.#out.push({ t: 'text', v: text });
  }

  /** Hands out the events since the last call. */
  take(): LlmEvent[] {
    const out = this.#out;
    if (out.length > 0) this.#out = [];
    return out;
  }

  /** The answer is complete: flushes what was held back and adds the closing event. @throws StructuredOutputError */
  finish(): void {
    this.#think.end(this.#acceptPiece);
    const held = this.#stop.end();
    this.#emitText(this.#fences === undefined ? held : `${this.#fences.push(held)}${this.#fences.end()}`);
    const result = this.result();
    // A call for a tool is no answer yet.
    if (this.#options.structured && result.toolCalls.length === 0)
      result.structuredOutput = parseStructure(result.text);
    this.#out.push({ t: 'done', result });
  }

  /** What has arrived so far, with its usage: the provider's, or our estimate of it. */
  result(): LlmResult {
    const { model, pricing, cache, nowMs, startedMs, warnings, streaming } = this.#options;
    const endMs = nowMs();
    const toolCalls = this.#tools.calls();
    const usage = this.#usage;
    const tokens = usage === undefined ? this.#estimate(toolCalls) : { ...usage };
    const first = streaming ? this.#firstTokenMs : undefined;
    const lone = /<\/think>/iu.test(this.#text) ? separateThink(this.#text) : undefined;
    return {
      model,
      text: lone?.text ?? this.#text,
      reasoning: [this.#reasoning, lone?.reasoning ?? ''].filter((part) => part !== '').join('\n'),
      toolCalls,
      files: this.#files,
      finishReason: this.#stop.stopped
        ? 'stop'
        : this.#finish === 'stop' && toolCalls.length > 0
          ? 'tool_calls'
          : this.#finish,
      usage: computeUsage({
        tokens,
        pricing,
        cache,
        times: {
          latency: (endMs - startedMs) / 1000,
          timeToFirstToken: first === undefined ? null : (first - startedMs) / 1000,
          timeToGenerate: first === undefined ? null : (endMs - first) / 1000,
        },
      }),
      tokens: {
        prompt: tokens.prompt,
        completion: tokens.completion,
        cached: usage?.cached,
        cacheWrite: usage?.cacheWrite,
        reasoning: usage?.reasoning,
        raw: usage?.raw ?? null,
      },
      estimated: usage === undefined,
      ...(this.#opaque === undefined ? {} : { opaqueBody: this.#opaque }),
      warnings: [...warnings],
    };
  }

  #estimate(toolCalls: LlmResult['toolCalls']): { prompt: number; completion: number } {
    const { messages, tools } = this.#options;
    const ofCalls = toolCalls.reduce(
      (sum, call) => sum + estimateTokens(call.function.name) + estimateTokens(call.function.arguments),
      0,
    );
    return {
      prompt: estimatePromptTokens(messages, tools),
      completion: estimateTokens(this.#text) + estimateTokens(this.#reasoning) + ofCalls,
    };
  }
}
