import { type ErrorCode, errorRegistry } from '@trellis/contracts';
import type { AnyRoute } from './route.ts';

/**
 * The codes that a route may answer with, by status: those that it declares, and those that follow from who may call
 * it, what it reads and how often it may be called.
 */
export function errorsByStatus(route: AnyRoute): Map<number, ErrorCode[]> {
  const codes = new Set<ErrorCode>([...(route.errors ?? []), ...impliedErrors(route)]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes].sort()) {
    const { status } = errorRegistry[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return new Map([...byStatus].sort(([left], [right]) => left - right));
}

function impliedErrors(route: AnyRoute): ErrorCode[] {
  const codes: ErrorCode[] = [route.rate === 'generate' ? 'internal_server_error' : 'unknown'];
  switch (route.auth) {
    case 'console':
      codes.push('unauthorized', 'unauthorized_and_force_logout', 'not_setup', 'forbidden');
      break;
    case 'app-key':
      codes.push('unauthorized', 'forbidden');
      break;
    case 'passport':
      codes.push('unauthorized', 'bad_request', 'not_found');
      break;
    case 'public':
      break;
  }
  if (route.params !== undefined) codes.push('not_found');
  if (route.query !== undefined) codes.push('invalid_param');
  if (route.body !== undefined) codes.push('invalid_param', 'unsupported_media_type');
  if (route.body !== undefined && route.body !== 'multipart') {
    codes.push('bad_request', 'request_entity_too_large');
  }
  if (route.rate === 'sign-in' || route.rate === 'mail' || route.rate === 'upload') {
    codes.push('too_many_requests');
  }
  return codes;
}
