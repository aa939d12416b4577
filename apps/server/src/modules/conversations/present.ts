import { seconds } from '../../platform/time.ts';
import type { MessageFile, UploadFile } from '../files/store.ts';
import { fillPlaceholders } from '../turns/open-turn.ts';
import type { Feedback, Message } from './message-store.ts';
import type { Conversation } from './store.ts';

/** A conversation on the wire (spec: service API §12.1). */
export function toConversationItem(row: Conversation) {
  return {
    id: row.id,
    name: row.name,
    inputs: row.inputs,
    status: row.status,
    introduction: fillPlaceholders(row.introduction, row.inputs),
    created_at: seconds(row.createdAt),
    updated_at: seconds(row.updatedAt),
  };
}

/** A status as clients know it: a turn under way or stopped is an ordinary message to them. */
export function wireStatus(status: Message['status']): 'normal' | 'error' | 'paused' {
  return status === 'error' || status === 'paused' ? status : 'normal';
}

/** Everything that is shown of a message. */
export interface MessageView {
  message: Message;
  feedback: Feedback | undefined;
  files: { file: MessageFile; upload: UploadFile | null; url: string }[];
}

/** A message on the wire (spec: service API §11.1). */
export function toMessageItem({ message, feedback, files }: MessageView) {
  const metadata = message.metadata ?? {};
  return {
    id: message.id,
    conversation_id: message.conversationId,
    parent_message_id: message.parentMessageId,
    inputs: message.inputs,
    query: message.query,
    answer: message.answer,
    status: wireStatus(message.status),
    error: message.error,
    feedback: feedback ? { rating: feedback.rating } : null,
    retriever_resources: (metadata['retriever_resources'] as unknown[] | undefined) ?? [],
    message_files: files.map(({ file, upload, url }) => ({
      id: file.id,
      filename: upload?.name ?? nameOfUrl(file.url),
      type: file.type,
      url,
      mime_type: upload?.mimeType ?? null,
      size: upload?.sizeBytes ?? -1,
      transfer_method: file.transferMethod,
      belongs_to: file.belongsTo,
      upload_file_id: file.uploadFileId,
    })),
    agent_thoughts: [],
    extra_contents: [],
    created_at: seconds(message.createdAt),
    message_tokens: message.messageTokens,
    answer_tokens: message.answerTokens,
    total_tokens: message.messageTokens + message.answerTokens,
    provider_response_latency: message.latencySeconds,
    total_price: message.totalPrice,
    currency: message.currency,
  };
}

function nameOfUrl(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const path = new URL(url).pathname;
  return path.slice(path.lastIndexOf('/') + 1) || null;
}
