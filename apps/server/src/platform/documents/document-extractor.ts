import { createDocumentExtractor, type DocumentExtractor } from '@trellis/knowledge';
import type { Environment } from '../environment.ts';
import type { OutboundClient } from '../outbound/outbound-client.ts';

/** The largest answer that is taken of a document service. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** The reader of documents that the environment describes. Nothing is started before the first document comes. */
export function openDocumentExtractor(
  { knowledge }: Pick<Environment, 'knowledge'>,
  outbound: OutboundClient,
): DocumentExtractor {
  return createDocumentExtractor({
    limits: {
      timeoutMs: knowledge.extractionTimeoutMs,
      memoryBytes: knowledge.extractionMemoryBytes,
    },
    maxProcesses: knowledge.extractionProcesses,
    ...(knowledge.unstructuredAddress === ''
      ? {}
      : {
          service: {
            url: knowledge.unstructuredAddress,
            apiKey: knowledge.unstructuredKey,
            async post({ url, headers, body, signal, timeoutMs }) {
              const answer = await outbound.request({
                url,
                method: 'POST',
                policy: 'operator',
                headers,
                body,
                timeoutMs,
                // It answers when it has read everything.
                headersTimeoutMs: timeoutMs,
                maxBytes: maxAnswerBytes,
                ...(signal ? { signal } : {}),
              });
              return { status: answer.status, text: await answer.text() };
            },
          },
        }),
  });
}
