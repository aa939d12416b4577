import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Bus } from '../../platform/bus/bus.ts';
import { ApiError } from '../../platform/errors.ts';
import { ShortCache } from '../../platform/short-cache.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import { appChangedSubject } from './app-access.ts';
import type { AppStore } from './store.ts';
import type { TagStore } from './tag-store.ts';

/** Changes to tags and to what carries them are announced on this subject, with the workspace's id. */
export const tagsChangedSubject = 'tags-changed';
const cacheMs = 5_000;

/** What an app tells programs about itself (spec: service API §14). */
export interface AppCard {
  name: string;
  description: string;
  tags: string[];
  mode: string;
  author_name: string | null;
}

/** Looks up what apps tell about themselves. Kept for seconds: clients ask at every start and some before every call. */
export class AppCards {
  readonly #o: { apps: AppStore; tags: TagStore; workspaces: WorkspaceStore };
  readonly #cards = new ShortCache<AppCard>({ lifetimeMs: cacheMs, limit: 10_000 });

  constructor(options: { apps: AppStore; tags: TagStore; workspaces: WorkspaceStore; bus: Bus }) {
    this.#o = options;
    for (const subject of [appChangedSubject, tagsChangedSubject]) {
      options.bus.subscribe(subject, () => this.#cards.clear());
    }
  }

  /** The card of an app of this workspace. */
  of(scope: WorkspaceScope, appId: string): Promise<AppCard> {
    // The key holds the workspace, so a card is never found through another one's scope.
    return this.#cards.get(`${scope.workspaceId} ${appId}`, () => this.#lookUp(scope, appId));
  }

  async #lookUp(scope: WorkspaceScope, appId: string): Promise<AppCard> {
    const { apps, tags, workspaces } = this.#o;
    const app = await apps.find(scope, appId);
    if (!app) throw new ApiError('app_unavailable');
    const authors = app.createdBy === null ? null : await workspaces.memberNames(scope, [app.createdBy]);
    return {
      name: app.name,
      description: app.description,
      tags: (await tags.ofTargets(scope, [app.id])).map((row) => row.name),
      mode: app.mode,
      author_name: authors?.get(app.createdBy ?? '') ?? null,
    };
  }
}
