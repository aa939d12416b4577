import type { AnyRoute } from '../../platform/http/route.ts';
import { bootstrapRoutes } from './bootstrap-routes.ts';
import { conversationRoutes } from './conversation-routes.ts';
import { followRoutes } from './follow-routes.ts';
import { generationRoutes } from './generation-routes.ts';
import { installRoutes } from './install-routes.ts';
import { messageRoutes } from './message-routes.ts';
import type { WebAppRouteOptions } from './options.ts';
import { savedMessageRoutes } from './saved-message-routes.ts';

/** The API of published pages (spec: service API §18). */
export function webAppRoutes(options: WebAppRouteOptions): AnyRoute[] {
  return [
    ...bootstrapRoutes(options),
    ...installRoutes(options),
    ...generationRoutes(options),
    ...followRoutes(options),
    ...savedMessageRoutes(options),
    ...conversationRoutes(options),
    ...messageRoutes(options),
  ];
}
