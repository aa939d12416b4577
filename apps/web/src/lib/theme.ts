import { create } from 'zustand';
import { storage } from './storage.ts';

/** What a person can choose; `system` follows the device. */
export type ThemeChoice = 'light' | 'dark' | 'system';

const storageKey = 'trellis.theme';
const systemDark = window.matchMedia('(prefers-color-scheme: dark)');

/** Reads a theme name from outside (storage, profile); anything unknown follows the device. */
export function parseTheme(value: string | null | undefined): ThemeChoice {
  return value === 'light' || value === 'dark' ? value : 'system';
}

function apply(choice: ThemeChoice): void {
  const dark = choice === 'dark' || (choice === 'system' && systemDark.matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

interface ThemeState {
  readonly choice: ThemeChoice;
  readonly setChoice: (choice: ThemeChoice) => void;
}

/** The theme of this browser, kept over visits and applied to the document at once. */
export const useTheme = create<ThemeState>()((set) => ({
  choice: parseTheme(storage.read(storageKey)),
  setChoice: (choice) => {
    storage.write(storageKey, choice === 'system' ? null : choice);
    apply(choice);
    set({ choice });
  },
}));

systemDark.addEventListener('change', () => apply(useTheme.getState().choice));
