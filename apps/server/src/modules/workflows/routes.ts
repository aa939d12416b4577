import type { AnyRoute } from '../../platform/http/route.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { AppService } from '../apps/app-service.ts';
import type { AppStore } from '../apps/store.ts';
import type { ConversationService } from '../conversations/service.ts';
import type { EndUserStore } from '../end-users/store.ts';
import { consoleHumanInputRoutes } from '../human-input/console-routes.ts';
import { humanInputRoutes } from '../human-input/routes.ts';
import type { Callers } from '../service-api/caller.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import { callbackSecretRoutes } from './callbacks/routes.ts';
import type { Workflows } from './compose.ts';
import { draftRoutes } from './draft-routes.ts';
import { draftVariableRoutes } from './draft-variable-routes.ts';
import { repeatRoutes } from './repeat-routes.ts';
import { runRoutes } from './run-routes.ts';
import { serviceWorkflowRoutes } from './service-routes.ts';
import { stepRoutes } from './step-routes.ts';
import { webWorkflowRoutes } from './web-routes.ts';

/** What the routes of apps that are a graph need of the server. */
export interface WorkflowRouteOptions {
  appService: AppService;
  workspaces: WorkspaceStore;
  apps: AppStore;
  accounts: AccountStore;
  callers: Callers;
  conversations: ConversationService;
  endUsers: EndUserStore;
  workflows: Workflows;
  /** `TRIGGER_URL`; empty is the address of the request. */
  triggerUrl: string;
  /** Counts attempts of an address to open or answer forms. */
  formLimit: (ip: string) => Promise<void>;
}

/** Everything about apps that are a graph: console, service API and web app. */
export function workflowRoutes(services: WorkflowRouteOptions): AnyRoute[] {
  const parts = services.workflows;
  const webhooks = { addresses: parts.triggers.addresses, triggerUrl: services.triggerUrl };
  const console = { ...services, ...parts, webhooks, workflows: parts.service };
  return [
    ...draftRoutes(console),
    ...draftVariableRoutes(console),
    ...runRoutes(console),
    ...repeatRoutes(console),
    ...callbackSecretRoutes(console),
    ...stepRoutes(console),
    ...serviceWorkflowRoutes({ ...services, ...parts }),
    ...webWorkflowRoutes({ ...services, ...parts }),
    ...humanInputRoutes({ ...services, ...parts }),
    ...consoleHumanInputRoutes(parts),
  ];
}
