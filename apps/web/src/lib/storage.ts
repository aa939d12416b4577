/**
 * Small values kept in the browser. Storage may be refused (private windows, embedded frames): reading gives null
 * then and writing does nothing, so that callers need no guard of their own.
 */
export const storage = {
  /** The stored text, or null. */
  read(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  /** Stores the text; null removes it. */
  write(key: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Nothing depends on it being kept.
    }
  },
};

/** A value kept for this tab alone, over reloads; the same rules as for {@link storage}. */
export function tabStorage(key: string): { read(): string | null; write(value: string | null): void } {
  return {
    read: () => {
      try {
        return sessionStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write: (value) => {
      try {
        if (value === null) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, value);
      } catch {
        // Too much for the browser, or refused: it is not kept then.
      }
    },
  };
}
