import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { AppDetail } from '../../api/apps.ts';
import type { ModelConfig } from '../../api/model-config.ts';
import type { StudioState } from './studio-store.ts';

/** What the parts of a studio share. */
export interface Studio {
  readonly app: AppDetail;
  readonly store: StoreApi<StudioState>;
}

/** The studio around a component. */
export const StudioContext = createContext<Studio | undefined>(undefined);

/** The studio in which this component stands. */
export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error('This component belongs inside a studio.');
  return studio;
}

/** One part of the studio's state; the component is redrawn when that part changes. */
export function useStudioState<T>(select: (state: StudioState) => T): T {
  return useStore(useStudio().store, select);
}

/** One key of the draft with the way to change it. */
export function useConfig<K extends keyof ModelConfig & string>(
  key: K,
): [ModelConfig[K], (value: ModelConfig[K], group?: string) => void] {
  const { store } = useStudio();
  const value = useStore(store, (state) => state.config[key]);
  return [value, (next, group) => store.getState().update({ [key]: next } as Partial<ModelConfig>, group)];
}
