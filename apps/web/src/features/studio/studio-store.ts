import { createStore, type StoreApi } from 'zustand/vanilla';
import { ApiError } from '../../api/error.ts';
import type { ModelConfig } from '../../api/model-config.ts';
import type { Draft } from '../../api/studio.ts';

/** Where the draft stands: kept, about to be, refused because somebody else changed it, or not reachable. */
export type SaveState = 'saved' | 'saving' | 'conflict' | 'offline' | 'failed';

/** State of one open studio. */
export interface StudioState {
  readonly config: ModelConfig;
  readonly saveState: SaveState;
  readonly saveError: unknown;
  readonly publishedAt: number | null;
  /** The draft differs from what is published. */
  readonly dirty: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Changes the draft and keeps it shortly after; `group` joins quick changes of one field into one undo. */
  readonly update: (
    change: Partial<ModelConfig> | ((config: ModelConfig) => ModelConfig),
    group?: string,
  ) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Keeps the draft now, also after a failure. */
  readonly saveNow: () => Promise<void>;
  /** Takes over the server's draft, giving up the changes made here. */
  readonly takeOver: (draft: Draft) => void;
  /** Overwrites the server's draft with the one here. */
  readonly overwrite: (serverHash: string) => Promise<void>;
  readonly published: (at: number, hash: string | undefined) => void;
}

interface StudioOptions {
  readonly draft: Draft;
  readonly save: (input: { model_config: ModelConfig; hash: string }) => Promise<{ hash: string }>;
  /** Quiet time before a change is kept, in milliseconds. */
  readonly delayMs?: number;
}

const historyLimit = 100;
/** Changes of the same group within this time are one step of undo, in milliseconds. */
const groupMs = 1200;

/** The draft under work: changes at once, kept by itself, with undo. Saves never overlap. */
export function createStudioStore({ draft, save, delayMs = 700 }: StudioOptions): StoreApi<StudioState> {
  let hash = draft.hash;
  let past: ModelConfig[] = [];
  let future: ModelConfig[] = [];
  let lastGroup: { name: string; atMs: number } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<void> | undefined;

  return createStore<StudioState>()((set, get) => {
    const runSave = async () => {
      while (get().saveState === 'saving') {
        const { config } = get();
        try {
          hash = (await save({ model_config: config, hash })).hash;
        } catch (error) {
          const code = error instanceof ApiError ? error.code : '';
          set({
            saveState:
              code === 'draft_model_config_not_sync' ? 'conflict' : code === 'network' ? 'offline' : 'failed',
            saveError: error,
          });
          return;
        }
        // What changed while the save was under way is saved in the next round.
        if (get().config === config) set({ saveState: 'saved', saveError: undefined });
      }
    };
    const startSave = () => {
      clearTimeout(timer);
      timer = undefined;
      saving ??= runSave().finally(() => {
        saving = undefined;
      });
      return saving;
    };
    const changed = (config: ModelConfig) => {
      const blocked = get().saveState === 'conflict';
      set({
        config,
        dirty: true,
        canUndo: past.length > 0,
        canRedo: future.length > 0,
        ...(blocked ? {} : { saveState: 'saving' as const }),
      });
      if (blocked) return;
      clearTimeout(timer);
      timer = setTimeout(() => void startSave(), delayMs);
    };

    return {
      config: draft.model_config,
      saveState: 'saved',
      saveError: undefined,
      publishedAt: draft.published_at,
      dirty: draft.dirty,
      canUndo: false,
      canRedo: false,

      update: (change, group) => {
        const before = get().config;
        const after = typeof change === 'function' ? change(before) : { ...before, ...change };
        if (after === before) return;
        const nowMs = Date.now();
        const joins = group !== undefined && lastGroup?.name === group && nowMs - lastGroup.atMs < groupMs;
        if (!joins) past = [...past.slice(-historyLimit), before];
        lastGroup = group === undefined ? undefined : { name: group, atMs: nowMs };
        future = [];
        changed(after);
      },
      undo: () => {
        const previous = past.at(-1);
        if (!previous) return;
        past = past.slice(0, -1);
        future = [...future, get().config];
        lastGroup = undefined;
        changed(previous);
      },
      redo: () => {
        const next = future.at(-1);
        if (!next) return;
        future = future.slice(0, -1);
        past = [...past, get().config];
        lastGroup = undefined;
        changed(next);
      },
      saveNow: async () => {
        if (get().saveState === 'conflict') return;
        if (get().saveState !== 'saved') set({ saveState: 'saving' });
        await startSave();
      },
      takeOver: (server) => {
        hash = server.hash;
        past = [];
        future = [];
        set({
          config: server.model_config,
          saveState: 'saved',
          saveError: undefined,
          dirty: server.dirty,
          publishedAt: server.published_at,
          canUndo: false,
          canRedo: false,
        });
      },
      overwrite: async (serverHash) => {
        hash = serverHash;
        set({ saveState: 'saving' });
        await startSave();
      },
      published: (at, newHash) => {
        if (newHash) hash = newHash;
        set({ publishedAt: at, dirty: false, saveState: 'saved' });
      },
    };
  });
}
