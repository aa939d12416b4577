import type { AnyRoute } from '../../platform/http/route.ts';
import { type CodeRouteOptions, codeRoutes } from './code-routes.ts';
import { emailRoutes } from './email-routes.ts';
import type { EmailService } from './email-service.ts';
import { profileRoutes } from './profile-routes.ts';
import { type SessionRouteOptions, sessionRoutes } from './session-routes.ts';
import { setupRoutes } from './setup-routes.ts';
import type { AccountStore } from './store.ts';

/** What the account routes need. */
export interface AccountRouteOptions extends CodeRouteOptions, SessionRouteOptions {
  accounts: AccountStore;
  emails: EmailService;
  secretKey: string;
}

/** Set-up, signing in and out, recovering, registering, and one's own account (spec: console §3.2, §3.3). */
export function accountRoutes(options: AccountRouteOptions): AnyRoute[] {
  return [
    ...setupRoutes(options),
    ...sessionRoutes(options),
    ...codeRoutes(options),
    ...profileRoutes(options),
    ...emailRoutes(options),
  ];
}
