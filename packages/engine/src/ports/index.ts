import type { AgentPort } from './agents.ts';
import type { ClockPort } from './clock.ts';
import type { CodePort } from './code.ts';
import type { DocumentPort, FilePort } from './files.ts';
import type { FormPort } from './forms.ts';
import type { HttpPort } from './http.ts';
import type { IndexingPort } from './indexing.ts';
import type { MemoryPort } from './memory.ts';
import type { ModelPort } from './models.ts';
import type { RetrievalPort } from './retrieval.ts';
import type { TemplatePort } from './templates.ts';
import type { ToolPort } from './tools.ts';

/**
 * Everything a run needs from outside. Only the clock is always there: a node whose port is absent fails, naming it.
 */
export interface EnginePorts {
  readonly clock: ClockPort;
  /** Random numbers in [0, 1), for the jitter of retries. */
  readonly random?: () => number;
  readonly models?: ModelPort;
  readonly memory?: MemoryPort;
  readonly retrieval?: RetrievalPort;
  readonly indexing?: IndexingPort;
  readonly tools?: ToolPort;
  readonly agents?: AgentPort;
  readonly code?: CodePort;
  readonly templates?: TemplatePort;
  readonly http?: HttpPort;
  readonly files?: FilePort;
  readonly documents?: DocumentPort;
  readonly forms?: FormPort;
}

export * from './agents.ts';
export * from './clock.ts';
export * from './code.ts';
export * from './files.ts';
export * from './forms.ts';
export * from './http.ts';
export * from './indexing.ts';
export * from './memory.ts';
export * from './models.ts';
export * from './retrieval.ts';
export * from './run-log.ts';
export * from './templates.ts';
export * from './tools.ts';
