const part = /^[a-z0-9_-]+$/u;

/** A provider's canonical id, taken apart. */
export interface ProviderId {
  organization: string;
  plugin: string;
  name: string;
}

/** A provider id that cannot be read. */
export class ProviderIdError extends Error {
  override readonly name = 'ProviderIdError';
  /** `empty` is answered as not found, `malformed` as a bad request. */
  readonly code: 'empty' | 'malformed';

  constructor(code: 'empty' | 'malformed', id: string) {
    super(code === 'empty' ? 'plugin not found, please add plugin' : `Invalid provider id: ${id}`);
    this.code = code;
  }
}

/**
 * Reads a provider id: `organisation/plugin/provider`, or the short form `provider` of old files, which means
 * `langgenius/provider/provider`. The provider `google` lives in the plugin `gemini`, whichever way it is written.
 */
export function parseProviderId(id: string): ProviderId {
  if (id === '') throw new ProviderIdError('empty', id);
  const parts = id.split('/');
  if (!parts.every((text) => part.test(text))) throw new ProviderIdError('malformed', id);
  const [first = '', second, third] = parts;
  if (parts.length === 1) return withGoogle({ organization: 'langgenius', plugin: first, name: first });
  if (parts.length !== 3 || second === undefined || third === undefined)
    throw new ProviderIdError('malformed', id);
  return withGoogle({ organization: first, plugin: second, name: third });
}

function withGoogle(id: ProviderId): ProviderId {
  return id.organization === 'langgenius' && id.name === 'google' ? { ...id, plugin: 'gemini' } : id;
}

/** The canonical text of a provider id; undefined when it is empty or malformed. */
export function tryCanonicalProviderId(id: string): string | undefined {
  try {
    return canonicalProviderId(id);
  } catch (error) {
    if (error instanceof ProviderIdError) return undefined;
    throw error;
  }
}

/** The canonical text of a provider id. @throws ProviderIdError */
export function canonicalProviderId(id: string): string {
  const { organization, plugin, name } = parseProviderId(id);
  return `${organization}/${plugin}/${name}`;
}

/** The plugin that app files list for a provider, such as `langgenius/openai`. */
export function pluginIdOf(providerId: string): string {
  const { organization, plugin } = parseProviderId(providerId);
  return `${organization}/${plugin}`;
}

/** Ids under which stored records of a provider may be found: the canonical one, and the short one of old records. */
export function storedProviderIds(id: string): string[] {
  const parsed = parseProviderId(id);
  const canonical = `${parsed.organization}/${parsed.plugin}/${parsed.name}`;
  return parsed.organization === 'langgenius' ? [canonical, parsed.name] : [canonical];
}
