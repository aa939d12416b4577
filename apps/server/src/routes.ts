import type { Services } from './compose.ts';
import { accountRoutes } from './modules/accounts/routes.ts';
import { serviceAppRoutes } from './modules/service-api/app-routes.ts';
import { serviceChatRoutes } from './modules/service-api/chat-routes.ts';
import { serviceConversationRoutes } from './modules/service-api/conversation-routes.ts';
import { systemRoutes } from './modules/system/routes.ts';
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
  return [
    ...systemRoutes({
      version,
      features: {
        passwordSignIn: environment.accounts.passwordSignIn,
        codeSignIn: environment.accounts.codeSignIn,
        allowRegister: environment.accounts.allowRegister,
        allowCreateWorkspace: environment.accounts.allowCreateWorkspace,
        mailIsSetUp: environment.mail.type !== undefined,
      },
      checkReady: async () => {
        await services.pool.query('select 1');
      },
    }),
    ...accountRoutes({
      accounts: services.accounts,
      service: services.accountService,
      sessions: services.sessions,
      guard: services.guard,
    }),
    ...workspaceRoutes(services),
    ...serviceAppRoutes({ ...services, limits }),
    ...serviceChatRoutes(services),
    ...serviceConversationRoutes(services),
  ];
}
