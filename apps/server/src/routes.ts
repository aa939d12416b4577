import { namedSchemas } from './api-schemas.ts';
import type { Services } from './compose.ts';
import { accountRoutes } from './modules/accounts/routes.ts';
import { appFileRoutes } from './modules/app-files/routes.ts';
import type { UploadLimits } from './modules/apps/app-info.ts';
import { appRoutes } from './modules/apps/routes.ts';
import { tagRoutes } from './modules/apps/tag-routes.ts';
import { audioRoutes } from './modules/audio/routes.ts';
import { exploreRoutes } from './modules/explore/routes.ts';
import { extensionRoutes } from './modules/extensions/routes.ts';
import { remoteFileRoutes } from './modules/files/remote-files.ts';
import { fileRoutes } from './modules/files/routes.ts';
import { createFormLimit } from './modules/human-input/form-limit.ts';
import { logRoutes } from './modules/logs/routes.ts';
import { modelRoutes } from './modules/models/routes.ts';
import { serviceAppRoutes } from './modules/service-api/app-routes.ts';
import { serviceChatRoutes } from './modules/service-api/chat-routes.ts';
import { serviceConversationRoutes } from './modules/service-api/conversation-routes.ts';
import { serviceFollowRoutes } from './modules/service-api/follow-routes.ts';
import { statisticsRoutes } from './modules/statistics/routes.ts';
import { metricsRoutes } from './modules/system/metrics-routes.ts';
import { openApiRoutes } from './modules/system/openapi-routes.ts';
import { systemRoutes } from './modules/system/routes.ts';
import { statusRoutes } from './modules/system/status-routes.ts';
import { triggerRoutes } from './modules/triggers/routes.ts';
import { debugRoutes } from './modules/turns/debug-routes.ts';
import { webAppRoutes } from './modules/web-app/routes.ts';
import { workflowRoutes } from './modules/workflows/routes.ts';
import { featureRoutes } from './modules/workspaces/feature-routes.ts';
import { memberRoutes } from './modules/workspaces/member-routes.ts';
import { workspaceRoutes } from './modules/workspaces/routes.ts';
import type { AnyRoute } from './platform/http/route.ts';

/** Every route there is. */
export function allRoutes(services: Services): AnyRoute[] {
  const { environment, version } = services;
  const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
  const limits = {
    fileMegabytes: megabytes(environment.uploads.documentMaxBytes),
    imageMegabytes: megabytes(environment.uploads.imageMaxBytes),
    audioMegabytes: megabytes(environment.uploads.audioMaxBytes),
    videoMegabytes: megabytes(environment.uploads.videoMaxBytes),
    filesPerRun: environment.uploads.filesPerWorkflowField,
    batchCount: environment.uploads.filesPerUpload,
  };
  const routes: AnyRoute[] = [
    ...systemRoutes({
      version,
      features: {
        passwordSignIn: services.policy.passwordSignIn,
        codeSignIn: services.policy.codeSignIn,
        allowRegister: services.policy.allowRegister,
        allowCreateWorkspace: services.policy.allowCreateWorkspace,
        mailIsSetUp: services.mailer.isConfigured,
      },
      checkReady: async () => {
        await services.pool.query('select 1');
      },
    }),
    ...statusRoutes({
      version,
      database: {
        kind: services.databaseInfo.kind,
        version: services.databaseInfo.version,
        place: services.databaseInfo.place,
      },
      storage: environment.storage.type,
      mail: environment.mail.type ?? 'none',
      sandbox: services.workflows.sandboxStatus,
      running: () => ({
        turns: services.registry.size,
        runs: services.workflows.registry.size,
        streams: services.events.size,
      }),
    }),
    ...metricsRoutes({
      metrics: services.metrics,
      adminKey: environment.security.adminKeyEnabled ? environment.security.adminKey : undefined,
    }),
    ...accountRoutes({ ...services, service: services.accountService }),
    ...workspaceRoutes(services),
    ...memberRoutes({
      ...services,
      consoleUrl: environment.addresses.consoleWeb,
      datasetOperatorEnabled: environment.features.datasetOperator,
    }),
    ...featureRoutes(environment.features),
    ...modelRoutes(services),
    ...appRoutes({
      ...services,
      addresses: {
        apiBaseUrl: environment.addresses.serviceApi === '' ? '' : `${environment.addresses.serviceApi}/v1`,
        appBaseUrl: environment.addresses.appWeb,
      },
    }),
    ...tagRoutes(services),
    ...extensionRoutes(services),
    ...debugRoutes(services),
    ...logRoutes(services),
    ...statisticsRoutes(services),
    ...fileRoutes({ ...services, limits: wireLimits(limits) }),
    ...audioRoutes(services),
    ...remoteFileRoutes(services),
    ...exploreRoutes(),
    ...webAppRoutes({ ...services, limits, batchConcurrency: environment.web.batchConcurrency }),
    ...serviceAppRoutes({ ...services, limits }),
    ...serviceChatRoutes(services),
    ...serviceFollowRoutes(services),
    ...workflowRoutes({
      ...services,
      triggerUrl: environment.addresses.trigger,
      formLimit: createFormLimit(services.counters, environment.forms),
    }),
    ...triggerRoutes({
      ...services.workflows,
      ...services.triggers,
      appService: services.appService,
      workflowService: services.workflows.service,
      triggerUrl: environment.addresses.trigger,
    }),
    ...appFileRoutes(services),
    ...serviceConversationRoutes(services),
    ...openApiRoutes({ version, named: namedSchemas, routes: () => routes }),
  ];
  return routes;
}

/** What a process answers that serves nobody: whether it is well. */
export function workerRoutes(services: Services): AnyRoute[] {
  const answered = ['/health', '/health/ready', '/metrics'];
  return allRoutes(services).filter(({ path }) => answered.includes(path));
}

/** Upload limits as `GET /files/upload` tells them. */
function wireLimits(limits: UploadLimits): Record<string, number> {
  return {
    file_size_limit: limits.fileMegabytes,
    batch_count_limit: limits.batchCount,
    image_file_size_limit: limits.imageMegabytes,
    video_file_size_limit: limits.videoMegabytes,
    audio_file_size_limit: limits.audioMegabytes,
    workflow_file_upload_limit: limits.filesPerRun,
  };
}
