import * as z from 'zod';
import type { DocumentPart } from './document.ts';
import { ExtractionError } from './errors.ts';
import { plainLines } from './shared/plain-lines.ts';

/** One call of a service that reads documents, as an HTTP client carries it out. */
export interface PartitionRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/** A service that speaks the Unstructured API (`POST …/general/v0/general`). */
export interface PartitionService {
  /** The server's address, with or without the path. */
  readonly url: string;
  readonly apiKey: string | undefined;
  /** Carries a request out; throws where no answer comes. */
  readonly post: (request: PartitionRequest) => Promise<{ readonly status: number; readonly text: string }>;
}

const elements = z.array(
  z.looseObject({
    text: z.string().nullish(),
    metadata: z.looseObject({ page_number: z.number().nullish() }).nullish(),
  }),
);

/**
 * Reads a document by the service: a part for each page where it tells pages, else one part; a line per element.
 *
 * Errors: `service_failed`, `extraction_aborted`.
 */
export async function partition(
  service: PartitionService,
  document: { readonly name: string; readonly bytes: Uint8Array },
  options: { readonly signal: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<DocumentPart[]> {
  const form = new FormData();
  form.append('files', new Blob([Buffer.from(document.bytes)]), document.name);
  const encoded = new Response(form);
  const answer = await send(service, {
    url: endpointOf(service.url),
    headers: {
      accept: 'application/json',
      'content-type': encoded.headers.get('content-type') ?? '',
      ...(service.apiKey === undefined ? {} : { 'unstructured-api-key': service.apiKey }),
    },
    body: new Uint8Array(await encoded.arrayBuffer()),
    ...options,
  });
  const pages = new Map<number | undefined, string[]>();
  for (const { text, metadata } of answer) {
    const page = metadata?.page_number ?? undefined;
    const lines = pages.get(page) ?? [];
    if (text) lines.push(plainLines(text));
    pages.set(page, lines);
  }
  return [...pages].map(([page, lines]) => ({
    text: lines.join('\n'),
    metadata: page === undefined ? {} : { page },
  }));
}

async function send(service: PartitionService, request: PartitionRequest): Promise<z.infer<typeof elements>> {
  let answer: { readonly status: number; readonly text: string };
  try {
    answer = await service.post(request);
  } catch (cause) {
    if (request.signal?.aborted) {
      throw new ExtractionError('extraction_aborted', 'The extraction was stopped.', { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw failed(`cannot be reached: ${reason}`, cause);
  }
  if (answer.status !== 200)
    throw failed(`answered with status ${answer.status}`, answer.text.slice(0, 2_000));
  try {
    return elements.parse(JSON.parse(answer.text));
  } catch (cause) {
    throw failed('answered with something else than a list of elements', cause);
  }
}

function failed(what: string, cause: unknown): ExtractionError {
  return new ExtractionError('service_failed', `The document service (UNSTRUCTURED_API_URL) ${what}.`, {
    cause,
  });
}

function endpointOf(url: string): string {
  const base = new URL(url);
  if (base.pathname === '/') base.pathname = '/general/v0/general';
  return base.href;
}
