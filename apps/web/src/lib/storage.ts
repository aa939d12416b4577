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
