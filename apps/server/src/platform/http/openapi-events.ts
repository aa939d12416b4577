import { z } from 'zod';

/** What every event of an answer's stream carries besides its own fields (spec: service API §7.2). */
const envelope = {
  task_id: z.string().describe('Names the running answer; send it to the stop endpoint.'),
  conversation_id: z.string().optional().describe('Absent in text generators.'),
  message_id: z.string(),
  created_at: z.number().int().describe('When the message was made, in seconds since 1970.'),
};

const usage = z.looseObject({
  prompt_tokens: z.number().int(),
  completion_tokens: z.number().int(),
  total_tokens: z.number().int(),
  total_price: z.string(),
  currency: z.string(),
  latency: z.number(),
});

const metadata = z.looseObject({
  usage: usage.optional().describe('Left out in the web app.'),
  retriever_resources: z.array(z.looseObject({})),
});

/** An event of the stream that a generation call answers with (spec: service API §7.5). */
export const streamEventSchema = z.discriminatedUnion('event', [
  z.looseObject({
    event: z.literal('message'),
    ...envelope,
    id: z.string(),
    answer: z.string().describe('The next piece of text; all pieces together are the answer.'),
    from_variable_selector: z.array(z.string()).nullable(),
  }),
  z.looseObject({
    event: z.literal('message_replace'),
    ...envelope,
    answer: z.string().describe('The whole text so far; takes the place of the pieces before.'),
    reason: z.string(),
  }),
  z.looseObject({
    event: z.literal('message_file'),
    ...envelope,
    id: z.string(),
    type: z.string(),
    belongs_to: z.string(),
    url: z.string(),
  }),
  z.looseObject({
    event: z.literal('message_end'),
    ...envelope,
    id: z.string(),
    metadata,
    files: z.array(z.looseObject({})).nullable(),
  }),
  z.looseObject({
    event: z.enum(['tts_message', 'tts_message_end']),
    ...envelope,
    audio: z.string().describe('A piece of MP3 in base64; empty in the last event.'),
  }),
  z.looseObject({
    event: z.literal('error'),
    ...envelope,
    code: z.string(),
    message: z.string(),
    status: z.number().int(),
  }),
]);
