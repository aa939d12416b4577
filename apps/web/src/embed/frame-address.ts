import { type SettledConfig, tellDeveloper } from './config.ts';

/** Longer addresses are refused by some servers and proxies on the way, in characters. */
const longestAddress = 2048;

/** A value as the address carries it: UTF-8, gzip, base64. */
export async function packValue(value: string): Promise<string> {
  const stream = new Blob([value]).stream().pipeThrough(new CompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}

async function addPacked(query: URLSearchParams, prefix: string, values: SettledConfig['inputs']) {
  for (const [name, value] of Object.entries(values ?? {})) {
    if (value === undefined || value === null) continue;
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    query.append(prefix + name, await packValue(text));
  }
}

/** The address of the chat window with everything that the page hands over. */
export async function frameAddress(config: SettledConfig): Promise<string> {
  const query = new URLSearchParams();
  await addPacked(query, '', config.inputs);
  await addPacked(query, 'sys.', config.systemVariables);
  await addPacked(query, 'user.', config.userVariables);
  if (config.sendOnEnter === false) query.append('sendOnEnter', 'false');
  if (config.locale) query.append('locale', config.locale);
  const search = query.toString();
  const address = `${config.baseUrl}/chatbot/${encodeURIComponent(config.token)}${search ? `?${search}` : ''}`;
  if (address.length > longestAddress) {
    tellDeveloper(
      `The chat's address has ${address.length} characters; more than ${longestAddress} may be refused on the way. Hand over shorter inputs.`,
    );
  }
  return address;
}
