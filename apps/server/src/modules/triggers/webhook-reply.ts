import type { TriggerWebhookData } from '@trellis/graph';

/** What a caller of a webhook gets. */
export interface WebhookReply {
  status: number;
  body: unknown;
}

/** What 4xx and 5xx answers say before their message. */
const failures = {
  400: 'Bad Request',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal server error',
} as const;

/** A call that was not taken in. */
export function failureReply(status: keyof typeof failures, message: string): WebhookReply {
  return { status, body: { error: failures[status], message } };
}

/** The answer to a call that was taken in, as the webhook's settings want it. */
export function acceptedReply(
  settings: Pick<TriggerWebhookData, 'status_code' | 'response_body'>,
): WebhookReply {
  return { status: settings.status_code, body: bodyOf(settings.response_body) };
}

function bodyOf(text: string): unknown {
  if (text.trim() === '') return { status: 'success', message: 'Webhook processed successfully' };
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // A text that only begins like JSON is a text.
    }
  }
  return { message: text };
}
