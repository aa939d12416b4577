import type { RequirementTarget } from '../app-file/requirements.ts';

/** A parameter of a tool, strategy, event or datasource, as far as the checklist asks. */
export interface ParameterFacts {
  name: string;
  label?: string;
  isRequired: boolean;
  /** `setting`: filled in once by the person who builds; `input`: may be a variable. Default `input`. */
  kind?: 'input' | 'setting';
  /** A required parameter with a default need not be filled in. */
  hasDefault?: boolean;
  /** Agent strategies: what the parameter takes. */
  takes?: 'value' | 'tool' | 'tools' | 'model';
}

/** What is known of a tool, strategy, event or datasource that a node uses. */
export interface ProviderFacts {
  /** False when credentials are needed and missing. */
  isAuthorized: boolean;
  parameters: ParameterFacts[];
}

/** What is known of a knowledge base that a node searches. */
export interface DatasetFacts {
  isExternal: boolean;
  indexingTechnique: 'high_quality' | 'economy';
  /** Provider and name of the embedding model; empty when there is none. */
  embeddingModel: string;
}

/** Bounds of the checklist; the defaults are those of the environment variables named. */
export interface CheckLimits {
  /** `MAX_TREE_DEPTH`, 50. */
  maxDepth: number;
  /** `LOOP_NODE_MAX_COUNT`, 100. */
  maxLoopCount: number;
  /** Webhook triggers in one workflow, 5. */
  maxWebhooks: number;
}

/**
 * What the checklist has to know from outside the graph. Everything that is left out is taken to be there, so that a
 * graph can be checked alone.
 */
export interface CheckContext {
  mode: 'workflow' | 'advanced-chat' | 'rag-pipeline';
  /** `publish` adds the rules that only a published graph must obey. Default `edit`. */
  purpose?: 'edit' | 'publish';
  limits?: Partial<CheckLimits>;
  /** Whether a model, tool, strategy, trigger, datasource or knowledge base is there. */
  isAvailable?: (target: RequirementTarget) => boolean;
  /** What is known of a tool, strategy, trigger event or datasource; null: nothing. */
  provider?: (target: RequirementTarget) => ProviderFacts | null;
  /** What is known of a knowledge base; null: nothing. */
  dataset?: (datasetId: string) => DatasetFacts | null;
}

/** The bounds that hold in a context. */
export function limitsOf(context: CheckContext): CheckLimits {
  return { maxDepth: 50, maxLoopCount: 100, maxWebhooks: 5, ...context.limits };
}
