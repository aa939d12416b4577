/** What stands where a secret was. */
export const redacted = '[redacted]';

/** Names of fields whose values are never written, compared in lower case and without `-` and `_`. */
const secretNames = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'cookies',
  'setcookie',
  'password',
  'newpassword',
  'repeatnewpassword',
  'passwordconfirm',
  'passwd',
  'apikey',
  'xapikey',
  'xgoogapikey',
  'xapppassport',
  'xcsrftoken',
  'csrftoken',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'clientsecret',
  'secret',
  'secretkey',
  'secretaccesskey',
  'privatekey',
  'credential',
  'credentials',
  'encryptedconfig',
  'token',
  'sign',
  'signature',
  'dsn',
]);

/** Names of query parameters that open something. */
const secretParameter =
  /([?&](?:sign|signature|sig|token|access_token|refresh_token|id_token|api_key|apikey|key|secret|password|code|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential)=)[^&\s"'<>]+/gi;
const patterns: readonly (readonly [RegExp, string])[] = [
  [secretParameter, `$1${redacted}`],
  // Schemes of the Authorization header, wherever a message quotes one.
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${redacted}`],
  // Keys that this server makes, and those of model providers.
  [/\b(app-|dataset-|ds-)[A-Za-z0-9]{20,}\b/g, `$1${redacted}`],
  [/\b(sk-|rk-|pk-|xai-|gsk_|hf_|r8_|AIza)[A-Za-z0-9_-]{16,}/g, `$1${redacted}`],
  // Addresses that open something for whoever knows them: webhooks, and forms that wait for an answer.
  [/(\/(?:triggers\/webhook(?:-debug)?|form(?:\/human_input)?)\/)[\w-]{16,}/g, `$1${redacted}`],
  // JSON web tokens.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, redacted],
  // Passwords in addresses.
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${redacted}@`],
];

const maxDepth = 8;

/** A text without the secrets that can be told by their shape. */
export function redactText(text: string): string {
  let clean = text;
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}

/** A value without secrets: fields named like one lose their value at any depth, texts what looks like one. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isSecretName(name) && item !== null && item !== undefined ? redacted : redactValue(item, depth + 1),
    ]),
  );
}

function isSecretName(name: string): boolean {
  return secretNames.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
}
