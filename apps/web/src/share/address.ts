/** What kind of page an address asks for; `chatbot` is the compact one inside other sites, `form` asks one person. */
export type ShareKind = 'chat' | 'chatbot' | 'completion' | 'workflow' | 'agent' | 'form';

/** What the address of a public page says. */
export interface ShareAddress {
  readonly kind: ShareKind;
  /** Site code; of a form its token. */
  readonly code: string;
}

/** Reads the page's kind and site code from its path. */
export function readAddress(pathname: string): ShareAddress | undefined {
  const match = /^\/(chat|chatbot|completion|workflow|agent|form)\/([^/]+)\/?$/.exec(pathname);
  const [, kind, code] = match ?? [];
  return kind && code ? { kind: kind as ShareKind, code: decodeURIComponent(code) } : undefined;
}

/**
 * Decodes a value of the embed contract: gzip, then base64. Addresses written by hand carry plain values, which pass
 * as they are.
 */
export async function decodeValue(raw: string): Promise<string> {
  try {
    // A plus sign that was not escaped has become a space on the way.
    const bytes = Uint8Array.from(atob(raw.replaceAll(' ', '+')), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return await new Response(stream).text();
  } catch {
    return raw;
  }
}

/** The address if it leads to the web; pictures from anywhere else are not asked for. */
function webAddress(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\//i.test(text) ? text : undefined;
}

/** Values that the embedding site or a link hands to the page. */
export interface HandedValues {
  readonly inputs: Readonly<Record<string, string>>;
  /** The end user's session id; it identifies, it does not authenticate. */
  readonly userId: string | undefined;
  readonly conversationId: string | undefined;
  readonly locale: string | undefined;
  /** Shown beside what the visitor says. */
  readonly userName: string | undefined;
  readonly userAvatarUrl: string | undefined;
  /** Whether Enter sends; otherwise Ctrl or Cmd with Enter does. */
  readonly sendOnEnter: boolean;
}

/** Reads the handed values from the query part of the address. */
export async function readHandedValues(search: string): Promise<HandedValues> {
  const inputs: Record<string, string> = {};
  const known: Record<string, string> = {};
  for (const [name, raw] of new URLSearchParams(search)) {
    if (name === 'locale' || name === 'conversation' || name === 'sendOnEnter') known[name] = raw;
    else if (/^(sys|user)\./.test(name)) known[name] = await decodeValue(raw);
    else inputs[name] = await decodeValue(raw);
  }
  return {
    inputs,
    userId: known['sys.user_id'],
    conversationId: known['sys.conversation_id'] ?? known['conversation'],
    locale: known['locale'],
    userName: known['user.name'],
    userAvatarUrl: webAddress(known['user.avatar_url']),
    sendOnEnter: known['sendOnEnter'] !== 'false',
  };
}
