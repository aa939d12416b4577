import type { PassportPrincipal } from '../../platform/auth/principals.ts';
import type { TokenSigner } from '../../platform/crypto/signed-token.ts';
import type { AppAccessService } from '../apps/app-access.ts';
import type { UploadLimits } from '../apps/app-info.ts';
import type { AppStore } from '../apps/store.ts';
import type { MessageStore } from '../conversations/message-store.ts';
import type { ConversationService, Visitor } from '../conversations/service.ts';
import type { SuggestionService } from '../conversations/suggestions.ts';
import type { EndUserStore } from '../end-users/store.ts';
import type { TurnOpener } from '../turns/open-turn.ts';
import type { TurnDesk } from '../turns/turn-desk.ts';
import type { TurnService } from '../turns/turn-service.ts';
import type { Workflows } from '../workflows/compose.ts';

/** What the web-app routes need. */
export interface WebAppRouteOptions {
  access: AppAccessService;
  apps: AppStore;
  endUsers: EndUserStore;
  tokens: TokenSigner;
  opener: TurnOpener;
  turns: TurnService;
  turnDesk: TurnDesk;
  conversations: ConversationService;
  messages: MessageStore;
  suggestions: SuggestionService;
  workflows: Pick<Workflows, 'desk' | 'display'>;
  limits: UploadLimits;
  /** Rows of a batch that a page runs at the same time. */
  batchConcurrency: number;
}

/** Group of these routes in the API's document. */
export const tag = 'Web app';

/** Whom a passport speaks for. */
export function visitorOf(principal: PassportPrincipal): Visitor {
  return {
    scope: principal.scope,
    app: principal.app,
    asker: { endUserId: principal.endUserId, accountId: null },
    surface: 'web-app',
  };
}
