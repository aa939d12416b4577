import { textOf } from '../graph/json.ts';
import { pluginOfProvider } from '../graph/providers.ts';
import { listRequirements } from './requirements.ts';
import type { AppFile, Dependency } from './types.ts';

/**
 * The plugins that an app needs, found in its graph or configuration: files up to version 0.1.5 do not list them.
 * The items name plugins without a version.
 */
export function deriveDependencies(file: AppFile): Dependency[] {
  const plugins = new Set<string>();
  for (const requirement of listRequirements(file)) {
    const provider = providerOf(requirement);
    const plugin = provider === null ? null : pluginOfProvider(provider);
    if (plugin !== null) plugins.add(plugin);
  }
  return [...plugins].sort().map(makeDependency);
}

function providerOf(requirement: ReturnType<typeof listRequirements>[number]): string | null {
  switch (requirement.kind) {
    case 'model':
      return requirement.providerId;
    case 'tool':
      return requirement.providerType === 'builtin' ? requirement.providerId : null;
    case 'agent-strategy':
      return requirement.providerId;
    default:
      return null;
  }
}

/** A dependency on a plugin (`organisation/name`, or with version as `organisation/name:1.2.3@checksum`). */
export function makeDependency(pluginIdentifier: string): Dependency {
  return {
    current_identifier: null,
    type: 'marketplace',
    value: { marketplace_plugin_unique_identifier: pluginIdentifier },
  };
}

/** The identifier `organisation/name:version@checksum` of the plugin that a dependency names; empty when it names none. */
export function identifierOf(dependency: Dependency): string {
  const { value } = dependency;
  return (
    textOf(value['marketplace_plugin_unique_identifier']) ||
    textOf(value['github_plugin_unique_identifier']) ||
    textOf(value['plugin_unique_identifier'])
  );
}

/** The plugin `organisation/name` of an identifier, without version and checksum. */
export function pluginIdOf(identifier: string): string {
  return identifier.split('@')[0]?.split(':')[0] ?? '';
}

/**
 * Dependencies that the workspace lacks. `installedIdentifier` gives the full identifier of an installed plugin, or
 * null. A dependency of which another version is installed is listed with that one as `current_identifier`.
 */
export function missingDependencies(
  dependencies: readonly Dependency[],
  installedIdentifier: (pluginId: string) => string | null,
): Dependency[] {
  const missing: Dependency[] = [];
  for (const dependency of dependencies) {
    const wanted = identifierOf(dependency);
    const pluginId = pluginIdOf(wanted);
    if (pluginId === '') continue;
    const installed = installedIdentifier(pluginId);
    if (installed === null) missing.push({ ...dependency, current_identifier: null });
    else if (wanted !== pluginId && installed !== wanted) {
      missing.push({ ...dependency, current_identifier: installed });
    }
  }
  return missing;
}
