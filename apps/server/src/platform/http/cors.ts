/**
 * Cross-origin rules by path (spec: service API §1.9). Token APIs are open to any origin and never with credentials;
 * the console answers its own origin only, so it sends no CORS header at all.
 */
interface CorsRule {
  prefix: string;
  origins: 'any' | 'web';
  headers: string;
  methods: string;
  credentials: boolean;
}

const all = 'GET, PUT, POST, DELETE, OPTIONS, PATCH';
const rules: readonly CorsRule[] = [
  {
    prefix: '/v1',
    origins: 'any',
    headers: 'Content-Type, X-App-Code, X-App-Passport, Authorization',
    methods: all,
    credentials: false,
  },
  {
    prefix: '/api/chat-messages',
    origins: 'web',
    headers: 'Content-Type, X-App-Code, X-App-Passport',
    methods: 'GET, POST, OPTIONS',
    credentials: false,
  },
  {
    prefix: '/api',
    origins: 'web',
    headers: 'Content-Type, X-App-Code, X-App-Passport, Authorization, X-CSRF-Token',
    methods: all,
    credentials: true,
  },
  {
    prefix: '/files',
    origins: 'any',
    headers: 'Content-Type, X-App-Code, X-App-Passport, X-CSRF-Token',
    methods: all,
    credentials: false,
  },
  {
    prefix: '/triggers',
    origins: 'any',
    headers: 'Content-Type, Authorization, X-App-Code',
    methods: `${all}, HEAD`,
    credentials: false,
  },
];

const exposed = 'X-Version, X-Env, X-Trace-Id, X-Workflow-Run-ID';

/** What the web app's origins may be: everything, or a list. */
export interface CorsOptions {
  webOrigins: readonly string[];
}

/** The CORS headers for a request; empty where the path or the origin has none. */
export function corsHeaders(
  path: string,
  origin: string | undefined,
  options: CorsOptions,
): Record<string, string> {
  if (origin === undefined) return {};
  const rule = rules.find(
    (candidate) => path === candidate.prefix || path.startsWith(`${candidate.prefix}/`),
  );
  if (!rule) return {};
  const anyOrigin = rule.origins === 'any' || options.webOrigins.includes('*');
  if (!anyOrigin && !options.webOrigins.includes(origin)) return {};
  const headers: Record<string, string> = {
    // A star and credentials exclude each other; cookies are offered only to origins that the operator has listed.
    'access-control-allow-origin': anyOrigin ? '*' : origin,
    'access-control-allow-headers': rule.headers,
    'access-control-allow-methods': rule.methods,
    'access-control-expose-headers': exposed,
    'access-control-max-age': '86400',
  };
  if (!anyOrigin) headers['vary'] = 'Origin';
  if (rule.credentials && !anyOrigin) headers['access-control-allow-credentials'] = 'true';
  return headers;
}
