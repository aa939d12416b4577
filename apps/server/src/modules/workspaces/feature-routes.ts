import { z } from 'zod';
import { isAllowed } from '../../platform/auth/permissions.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';

const tag = 'Workspaces';

const quotaSchema = z.object({ size: z.number(), limit: z.number() });

const featuresSchema = z.looseObject({
  billing: z.object({
    enabled: z.boolean(),
    subscription: z.object({ plan: z.string(), interval: z.string() }),
  }),
  members: quotaSchema,
  apps: quotaSchema,
  vector_space: quotaSchema,
  annotation_quota_limit: quotaSchema,
  documents_upload_quota: quotaSchema,
  knowledge_rate_limit: z.number(),
  docs_processing: z.string(),
  can_replace_logo: z.boolean(),
  model_load_balancing_enabled: z.boolean(),
  dataset_operator_enabled: z.boolean(),
});

/** Which parts of the product are switched on here. */
export interface FeatureSwitches {
  readonly replaceLogo: boolean;
  readonly modelLoadBalancing: boolean;
  readonly datasetOperator: boolean;
}

/** Plan, quotas and switches of the current workspace (spec: console §2.6, §3.3). */
export function featureRoutes(switches: FeatureSwitches): AnyRoute[] {
  // Without billing the numbers are what clients have always been sent; with `billing.enabled` false none is a limit.
  const vectorSpace = { size: 0, limit: 5 };
  const features = {
    billing: { enabled: false, subscription: { plan: 'sandbox', interval: '' } },
    education: { enabled: false, activated: false },
    members: { size: 0, limit: 1 },
    apps: { size: 0, limit: 10 },
    vector_space: vectorSpace,
    knowledge_rate_limit: 10,
    annotation_quota_limit: { size: 0, limit: 10 },
    documents_upload_quota: { size: 0, limit: 50 },
    docs_processing: 'standard',
    can_replace_logo: switches.replaceLogo,
    model_load_balancing_enabled: switches.modelLoadBalancing,
    dataset_operator_enabled: switches.datasetOperator,
    webapp_copyright_enabled: true,
    workspace_members: { enabled: false, size: 0, limit: 0 },
    is_allow_transfer_workspace: true,
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/features',
      auth: 'console',
      permission: 'workspace.read',
      summary: 'Plan, quotas and switches of the current workspace.',
      tag,
      rate: 'default',
      response: featuresSchema,
      handler: async () => features,
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/features/vector-space',
      auth: 'console',
      permission: 'workspace.read',
      summary: 'Room for vectors.',
      tag,
      rate: 'default',
      response: quotaSchema,
      handler: async () => vectorSpace,
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/workspaces/current/permission',
      auth: 'console',
      permission: 'workspace.read',
      summary: 'Whether the signed-in person may invite members and hand the workspace over.',
      tag,
      rate: 'default',
      response: z.object({
        workspace_id: z.string(),
        allow_member_invite: z.boolean(),
        allow_owner_transfer: z.boolean(),
      }),
      handler: async ({ principal }) => ({
        workspace_id: principal.scope.workspaceId,
        allow_member_invite: isAllowed(principal.role, 'member.manage'),
        allow_owner_transfer: isAllowed(principal.role, 'workspace.transfer'),
      }),
    }),
  ];
}
