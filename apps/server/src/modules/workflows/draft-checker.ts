import { type CheckIssue, checkGraph, type RequirementTarget } from '@trellis/graph';
import type { Catalogue } from '@trellis/models';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { WorkflowRow } from './store.ts';
import { assertGraphApp, type GraphApp, type WorkflowLimits } from './workflow-service.ts';

/** Tells whether something outside the graph is there. */
export type Availability = (scope: WorkspaceScope, target: RequirementTarget) => boolean;

/** The checklist of a draft, with what this installation has. */
export class DraftChecker {
  readonly #limits: Pick<WorkflowLimits, 'maxTreeDepth' | 'maxLoopCount'>;
  readonly #isAvailable: Availability;

  constructor(options: {
    limits: Pick<WorkflowLimits, 'maxTreeDepth' | 'maxLoopCount'>;
    isAvailable: Availability;
  }) {
    this.#limits = options.limits;
    this.#isAvailable = options.isAvailable;
  }

  /** Everything that must be put right, node by node. */
  async check(scope: WorkspaceScope, app: GraphApp, draft: WorkflowRow): Promise<CheckIssue[]> {
    return checkGraph(draft.graph, {
      mode: assertGraphApp(app),
      limits: { maxDepth: this.#limits.maxTreeDepth, maxLoopCount: this.#limits.maxLoopCount },
      isAvailable: (target) => this.#isAvailable(scope, target),
    });
  }
}

/** What this installation has: model providers of the catalogue. Other parts say what they add. */
export function availabilityOf(catalogue: Catalogue, others: readonly Availability[] = []): Availability {
  return (scope, target) => {
    if (target.kind === 'model') return catalogue.findProvider(target.providerId) !== undefined;
    return others.some((has) => has(scope, target));
  };
}
