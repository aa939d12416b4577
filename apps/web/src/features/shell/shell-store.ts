import { create } from 'zustand';
import { storage } from '../../lib/storage.ts';

const railKey = 'trellis.rail';

interface ShellState {
  /** The left rail shows icons only. */
  readonly railCollapsed: boolean;
  /** What floats over every page. */
  readonly overlay: 'commands' | 'shortcuts' | null;
  readonly toggleRail: () => void;
  readonly setOverlay: (overlay: ShellState['overlay']) => void;
}

/** State of the frame around all signed-in pages. */
export const useShell = create<ShellState>()((set, get) => ({
  railCollapsed: storage.read(railKey) === 'collapsed',
  overlay: null,
  toggleRail: () => {
    const railCollapsed = !get().railCollapsed;
    storage.write(railKey, railCollapsed ? 'collapsed' : null);
    set({ railCollapsed });
  },
  setOverlay: (overlay) => set({ overlay }),
}));
