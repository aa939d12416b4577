import type { z } from 'zod';
import { seconds, secondsOrNull } from '../../platform/time.ts';
import { hideSecrets } from './environment-secrets.ts';
import type { StoredRun } from './run-store.ts';
import type { originSchema, runDetailSchema, runLogPage, workflowSchema } from './schema.ts';
import type { WorkflowRow } from './store.ts';

/** Names of people by account id. */
export type PeopleNames = ReadonlyMap<string, { name: string; email: string }>;

/** A person as records show them. */
export function toPerson(id: string | null, names: PeopleNames) {
  if (id === null) return null;
  const person = names.get(id);
  return { id, name: person?.name ?? '', email: person?.email ?? '' };
}

/** A draft or version with its content, secrets hidden. */
export function toWorkflow(row: WorkflowRow, names: PeopleNames): z.infer<typeof workflowSchema> {
  return {
    id: row.id,
    version: row.version,
    marked_name: row.markedName,
    marked_comment: row.markedComment,
    graph: row.graph,
    features: row.features,
    hash: row.hash,
    environment_variables: hideSecrets(row.environmentVariables),
    conversation_variables: row.conversationVariables,
    rag_pipeline_variables: [],
    tool_published: false,
    created_by: toPerson(row.createdBy, names),
    created_at: seconds(row.createdAt),
    updated_by: toPerson(row.updatedBy, names),
    updated_at: seconds(row.updatedAt),
  };
}

/** What a run was started with, as records show it: inputs and `sys.*`, the conversation's id left out. */
export function shownInputs(run: Pick<StoredRun, 'input'>): Record<string, unknown> {
  const inputs: Record<string, unknown> = { ...run.input.inputs };
  for (const [name, value] of Object.entries(run.input.system)) {
    if (name !== 'conversation_id') inputs[`sys.${name}`] = value;
  }
  return inputs;
}

/** A run as the service API shows it (spec: service API §8.1). */
export function toRunDetail(run: StoredRun): z.infer<typeof runDetailSchema> {
  return {
    id: run.id,
    workflow_id: run.workflow_id,
    status: run.status,
    inputs: JSON.stringify(shownInputs(run)),
    outputs: run.status === 'paused' ? {} : (run.outputs ?? {}),
    error: run.error,
    total_steps: run.total_steps,
    total_tokens: run.total_tokens,
    created_at: seconds(run.created_at),
    finished_at: secondsOrNull(run.finished_at),
    elapsed_time: run.elapsed_seconds,
    origin: toOrigin(run),
  };
}

/** The run that a run began as, where it is one tried again or run again from a node. */
export function toOrigin(run: StoredRun): z.infer<typeof originSchema> | null {
  if (run.origin_run_id === null || run.origin_kind === null) return null;
  return { run_id: run.origin_run_id, kind: run.origin_kind, node_id: run.origin_node_id };
}

/** How end users of a surface came here, where it is not by the service API. */
const endUserTypes: Partial<Record<StoredRun['surface'], string>> = {
  'web-app': 'browser',
  trigger: 'trigger',
};

/** A run as logs list it (spec: service API §8.2). */
export function toRunLogItem(run: StoredRun): z.infer<typeof runLogPage>['data'][number] {
  const isEndUser = run.end_user_id !== null;
  return {
    id: run.id,
    workflow_run: {
      id: run.id,
      version: run.version,
      status: run.status,
      triggered_from: run.triggered_from,
      error: run.error,
      elapsed_time: run.elapsed_seconds,
      total_tokens: run.total_tokens,
      total_steps: run.total_steps,
      created_at: seconds(run.created_at),
      finished_at: secondsOrNull(run.finished_at),
      exceptions_count: run.exceptions_count,
    },
    details: null,
    created_from: run.surface,
    created_by_role: isEndUser ? 'end_user' : 'account',
    created_by_account: isEndUser
      ? null
      : { id: run.account_id ?? '', name: run.account_name ?? '', email: run.account_email ?? '' },
    created_by_end_user:
      run.end_user_id === null
        ? null
        : {
            id: run.end_user_id,
            type: endUserTypes[run.surface] ?? 'service-api',
            is_anonymous: run.surface !== 'service-api',
            session_id: run.user_id,
          },
    created_at: seconds(run.created_at),
  };
}
