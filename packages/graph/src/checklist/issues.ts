/** Codes of what the checklist finds. */
export type CheckCode =
  | 'plugin_missing'
  | 'model_provider_missing'
  | 'knowledge_missing'
  | 'not_authorized'
  | 'field_required'
  | 'field_invalid'
  | 'value_not_unique'
  | 'query_not_in_template'
  | 'invalid_variable'
  | 'unconnected'
  | 'unknown_node_type'
  | 'node_id_not_unique'
  | 'cycle'
  | 'start_required'
  | 'start_and_trigger'
  | 'node_type_required'
  | 'too_deep'
  | 'too_many_webhooks'
  | 'too_many_schedules'
  | 'output_conflict';

/** One thing on the checklist. */
export interface CheckIssue {
  code: CheckCode;
  /** A warning does not keep a graph from running. */
  severity: 'error' | 'warning';
  /** The node it is about; null when it is about the graph. */
  nodeId: string | null;
  nodeTitle: string;
  nodeType: string;
  /** What of the node it is about (`model`, `condition_value`, `[node, name]` joined by dots, a node type, …). */
  field: string;
  /** English text; other languages are made from code and field. */
  message: string;
}

/** What a rule finds about a node; the checklist adds the node. */
export interface Finding {
  code: CheckCode;
  field: string;
  message: string;
}

/** The finding that something must be filled in. `field` is written with underscores. */
export function required(field: string): Finding {
  return { code: 'field_required', field, message: `${toWords(field)} is required` };
}

/** The finding that something is filled in wrongly. */
export function invalid(field: string, why: string): Finding {
  return { code: 'field_invalid', field, message: `${toWords(field)} ${why}` };
}

function toWords(field: string): string {
  const words = field.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
