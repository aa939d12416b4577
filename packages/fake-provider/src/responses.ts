import { type Finished, finish, type Pacing, streamReply } from './chat.ts';
import { countTokens } from './count-tokens.ts';
import { type FakeReply, jsonReply } from './reply.ts';
import type { FakeAnswer } from './rules.ts';
import { type ChatMessage, type ChatRequest, messageText, type ResponsesRequest } from './wire.ts';

/** A request of the Responses API as the chat request that it amounts to, for the rules. */
export function toChatRequest(request: ResponsesRequest): ChatRequest {
  const items =
    typeof request.input === 'string' ? [{ role: 'user' as const, content: request.input }] : request.input;
  const messages = items.flatMap((item): ChatMessage[] => {
    if (item.type === 'function_call_output') {
      return [{ role: 'tool', tool_call_id: item.call_id ?? '', content: item.output ?? '' }];
    }
    return item.role === undefined ? [] : [{ role: item.role, content: item.content ?? '' }];
  });
  const tools = (request.tools ?? []).flatMap(({ type, name, description, parameters }) =>
    type === 'function' && name !== undefined
      ? [
          {
            type: 'function' as const,
            function: {
              name,
              ...(description === undefined ? {} : { description }),
              ...(parameters === undefined ? {} : { parameters }),
            },
          },
        ]
      : [],
  );
  const format = request.text?.format;
  return {
    model: request.model,
    messages: [
      ...(request.instructions ? [{ role: 'system' as const, content: request.instructions }] : []),
      ...messages,
    ],
    tools,
    ...(format === undefined
      ? {}
      : {
          response_format: {
            type: format.type,
            json_schema: format.schema === undefined ? {} : { schema: format.schema },
          },
        }),
  };
}

/** The answer to `POST /responses`, streamed when the request asks for it. */
export function responsesReply(options: {
  request: ResponsesRequest;
  answer: FakeAnswer;
  id: string;
  createdSeconds: number;
  pacing: Pacing;
}): FakeReply {
  const { request, answer, id, createdSeconds, pacing } = options;
  const chat = toChatRequest(request);
  const promptTokens = chat.messages.reduce((sum, message) => sum + countTokens(messageText(message)) + 3, 3);
  const finished = finish(answer, { max_tokens: request.max_output_tokens }, promptTokens);
  const response = {
    id,
    object: 'response',
    created_at: createdSeconds,
    status: finished.finishReason === 'length' ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: finished.finishReason === 'length' ? { reason: 'max_output_tokens' } : null,
    model: request.model,
    output: outputItems(finished, id),
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: request.tools ?? [],
    usage: usageOf(finished.usage),
  };
  if (request.stream !== true) return jsonReply(response);
  return streamReply({ chunks: responseEvents(response, finished), pacing });
}

function usageOf(usage: Finished['usage']) {
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: usage.prompt_tokens_details,
    output_tokens: usage.completion_tokens,
    output_tokens_details: usage.completion_tokens_details,
    total_tokens: usage.total_tokens,
  };
}

type OutputItem = { id: string; type: string } & Record<string, unknown>;

function outputItems(finished: Finished, id: string): OutputItem[] {
  const reasoning = finished.reasoning.join('');
  return [
    ...(reasoning === ''
      ? []
      : [{ id: `rs_${id}`, type: 'reasoning', summary: [{ type: 'summary_text', text: reasoning }] }]),
    ...(finished.pieces.length === 0 && finished.toolCalls.length > 0
      ? []
      : [
          {
            id: `msg_${id}`,
            type: 'message',
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_text', text: finished.pieces.join(''), annotations: [] }],
          },
        ]),
    ...finished.toolCalls.map((call) => ({
      id: `fc_${call.id}`,
      type: 'function_call',
      status: 'completed',
      call_id: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
    })),
  ];
}

function* responseEvents(response: { output: OutputItem[] }, finished: Finished): Generator<string> {
  let sequence = 0;
  const event = (type: string, body: Record<string, unknown>) => {
    const text = `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...body })}\n\n`;
    sequence += 1;
    return text;
  };
  const begun = { ...response, status: 'in_progress', output: [], usage: null };
  yield event('response.created', { response: begun });
  for (const [index, item] of response.output.entries()) {
    const place = { item_id: item.id, output_index: index };
    if (item.type === 'message') {
      const part = { type: 'output_text', text: '', annotations: [] };
      yield event('response.output_item.added', {
        output_index: index,
        item: { ...item, status: 'in_progress', content: [] },
      });
      yield event('response.content_part.added', { ...place, content_index: 0, part });
      for (const delta of finished.pieces)
        yield event('response.output_text.delta', { ...place, content_index: 0, delta, logprobs: [] });
      const text = finished.pieces.join('');
      yield event('response.output_text.done', { ...place, content_index: 0, text, logprobs: [] });
      yield event('response.content_part.done', { ...place, content_index: 0, part: { ...part, text } });
    } else if (item.type === 'function_call') {
      yield event('response.output_item.added', {
        output_index: index,
        item: { ...item, status: 'in_progress', arguments: '' },
      });
      yield event('response.function_call_arguments.delta', { ...place, delta: item['arguments'] });
      yield event('response.function_call_arguments.done', {
        ...place,
        name: item['name'],
        arguments: item['arguments'],
      });
    } else {
      yield event('response.output_item.added', { output_index: index, item: { ...item, summary: [] } });
      yield event('response.reasoning_summary_part.added', {
        ...place,
        summary_index: 0,
        part: { type: 'summary_text', text: '' },
      });
      for (const delta of finished.reasoning)
        yield event('response.reasoning_summary_text.delta', { ...place, summary_index: 0, delta });
    }
    yield event('response.output_item.done', { output_index: index, item });
  }
  yield event(finished.finishReason === 'length' ? 'response.incomplete' : 'response.completed', {
    response,
  });
}
