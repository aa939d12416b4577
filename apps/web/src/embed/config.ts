/**
 * What a page that embeds a chat may say, in `window.difyChatbotConfig`. The name and the keys are a contract: pages
 * in the wild use them (spec: service API §20).
 */
export interface EmbedConfig {
  /** Site code of the app; the id of the script element is the same. */
  readonly token: string;
  /** Origin of the web app; the script's own origin when absent. */
  readonly baseUrl?: string;
  /** Values of the app's variables. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly systemVariables?: Readonly<Record<string, unknown>>;
  readonly userVariables?: Readonly<Record<string, unknown>>;
  /** Attributes and listeners for the button. */
  readonly containerProps?: Readonly<Record<string, unknown>>;
  readonly draggable?: boolean;
  readonly dragAxis?: 'x' | 'y' | 'both';
  /** Starts at once instead of when the page has loaded. */
  readonly dynamicScript?: boolean;
  /** Whether Enter sends; true when absent. */
  readonly sendOnEnter?: boolean;
  /** Language of the chat; the app's own when absent. */
  readonly locale?: string;
}

/** A configuration with its origin settled. */
export interface SettledConfig extends EmbedConfig {
  readonly baseUrl: string;
}

/** Reads the page's configuration; a sentence for the console when it cannot be used. */
export function settleConfig(
  config: Partial<EmbedConfig> | undefined,
  scriptUrl: string | undefined,
): SettledConfig | string {
  if (!config?.token) return 'difyChatbotConfig.token is missing: it names the app to talk with.';
  const base = config.baseUrl || (scriptUrl && new URL(scriptUrl).origin);
  if (!base) return 'difyChatbotConfig.baseUrl is missing: it names the server of the app.';
  return { ...config, token: config.token, baseUrl: base.replace(/\/+$/, '') };
}

/** Tells the developer of the host page what is wrong with its embedding: the browser's console is their place. */
export function tellDeveloper(problem: string): void {
  // biome-ignore lint/suspicious/noConsole: the host page has no other place for messages to its developer.
  console.error(`[chat embed] ${problem}`);
}
