/**
 * The right to touch one workspace's rows. Stores take one as their first argument and put its id into every WHERE,
 * so a query without a tenant cannot be written by accident. Only the files of this folder, and the few jobs that act
 * for the system itself, make scopes; a boundary rule refuses other importers of `makeScope`.
 */
export class WorkspaceScope {
  readonly workspaceId: string;
  // Structural typing would let any `{ workspaceId }` pass for a scope; the private field makes the type nominal.
  #made = true;

  private constructor(workspaceId: string) {
    this.workspaceId = workspaceId;
  }

  /** See {@link makeScope}. */
  static make(workspaceId: string): WorkspaceScope {
    return new WorkspaceScope(workspaceId);
  }

  /** Whether a value is a scope made here. */
  static isScope(value: unknown): value is WorkspaceScope {
    return value instanceof WorkspaceScope && value.#made;
  }
}

/** Makes the scope of a workspace after the caller's right to it has been established. */
export function makeScope(workspaceId: string): WorkspaceScope {
  return WorkspaceScope.make(workspaceId);
}
