const modelProviderPlugins: Record<string, string> = { google: 'gemini' };
const toolPlugins = new Set(['stepfun', 'jina', 'siliconflow', 'gitee_ai']);

/**
 * The full id `organisation/plugin/provider` of a model provider. Old files hold the last part alone.
 * Empty text stays empty.
 */
export function toModelProviderId(provider: string): string {
  if (provider === '' || provider.includes('/')) return provider;
  return `langgenius/${modelProviderPlugins[provider] ?? provider}/${provider}`;
}

/** The full id of a provider of built-in tools, see `toModelProviderId`. */
export function toToolProviderId(provider: string): string {
  if (provider === '' || provider.includes('/')) return provider;
  return `langgenius/${toolPlugins.has(provider) ? `${provider}_tool` : provider}/${provider}`;
}

/** The plugin `organisation/plugin` that a full provider id belongs to, or null when it belongs to none. */
export function pluginOfProvider(providerId: string): string | null {
  const [organisation, plugin] = providerId.split('/');
  return organisation && plugin ? `${organisation}/${plugin}` : null;
}
