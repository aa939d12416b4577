/**
 * Who may do what: one table of permissions per role (spec: console §2.2). The server checks it on every console
 * route; the web reads the same list to hide what would be refused.
 */
export const roles = ['owner', 'admin', 'editor', 'normal', 'dataset_operator'] as const;

/** The part a member plays in a workspace. */
export type Role = (typeof roles)[number];

const everybody: readonly Role[] = roles;
const members: readonly Role[] = ['owner', 'admin', 'editor', 'normal'];
const editing: readonly Role[] = ['owner', 'admin', 'editor'];
const privileged: readonly Role[] = ['owner', 'admin'];

const table = {
  'account.self': everybody,
  'workspace.read': everybody,
  'workspace.manage': privileged,
  'member.read': everybody,
  'member.manage': privileged,
  'workspace.transfer': ['owner'],
  'model.read': everybody,
  'model.manage': privileged,
  'extension.read': editing,
  'extension.manage': privileged,
  'app.list': members,
  'app.read': members,
  'app.edit': editing,
  'app.debug': editing,
  'app.export': editing,
  'app.export-secrets': privileged,
  'app.keys': privileged,
  'app.publish-link': privileged,
  'app.site': editing,
  'app.logs': editing,
  'app.statistics': editing,
  'tag.manage': editing,
  'tag.read': everybody,
  'file.upload': everybody,
  'operator.status': privileged,
} as const satisfies Record<string, readonly Role[]>;

/** Something that a role may or may not do. */
export type Permission = keyof typeof table;

/** Every permission there is. */
export const permissions = Object.keys(table) as Permission[];

/** Whether a role has a permission. */
export function isAllowed(role: Role, permission: Permission): boolean {
  return (table[permission] as readonly Role[]).includes(role);
}

/** The permissions of a role. */
export function permissionsOf(role: Role): Permission[] {
  return permissions.filter((permission) => isAllowed(role, permission));
}
