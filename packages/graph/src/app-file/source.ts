import type { GraphAppFile } from './types.ts';

/**
 * The address from which the text of a file is to be fetched: pages of GitHub that show a YAML file become the
 * address of the file itself, others stay as they are.
 *
 * @throws {TypeError} when the text is not an address of http or https
 */
export function toFileAddress(address: string): string {
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TypeError('The address must begin with http:// or https://.');
  }
  const page = /^\/([^/]+\/[^/]+)\/blob\/(.+\.ya?ml)$/.exec(url.pathname);
  return url.hostname === 'github.com' && page
    ? `https://raw.githubusercontent.com/${page[1]}/${page[2]}`
    : address;
}

/** Names of secret variables that came without a value: exports leave secrets out, so somebody has to set them. */
export function emptySecretsOf(file: GraphAppFile): string[] {
  return file.workflow.environment_variables
    .filter((variable) => variable.value_type === 'secret' && variable.value === '')
    .map((variable) => variable.name);
}
