/** Short messages between the processes of one installation. Delivery is best effort: truth is in the database. */
export interface Bus {
  /** Tells all processes, this one included. The message is at most 7 kB (a limit of NOTIFY). */
  publish(subject: string, message: string): Promise<void>;
  /** Calls back for each message on a subject; the answer ends the subscription. */
  subscribe(subject: string, listener: (message: string) => void): () => void;
  close(): Promise<void>;
}

/** Listeners by subject; both buses deliver through it. */
export class Listeners {
  readonly #bySubject = new Map<string, Set<(message: string) => void>>();

  /** Adds a listener; the answer removes it. */
  add(subject: string, listener: (message: string) => void): () => void {
    const set = this.#bySubject.get(subject) ?? new Set();
    set.add(listener);
    this.#bySubject.set(subject, set);
    return () => set.delete(listener);
  }

  /** Calls all listeners of a subject. */
  deliver(subject: string, message: string): void {
    for (const listener of this.#bySubject.get(subject) ?? []) listener(message);
  }
}

/** The bus of an installation with one process. */
export function createLocalBus(): Bus {
  const listeners = new Listeners();
  return {
    async publish(subject, message) {
      listeners.deliver(subject, message);
    },
    subscribe: (subject, listener) => listeners.add(subject, listener),
    async close() {},
  };
}
