import type { FastifyRequest } from 'fastify';

/** Where a surface is: as configured, or where this request came to. */
export function originOf(request: FastifyRequest, configured: string): string {
  if (configured !== '') return configured;
  // A header that holds more than a host gets no say in a link.
  if (!/^[\w.:[\]-]+$/.test(request.host)) return '';
  return URL.parse(`${request.protocol}://${request.host}`)?.origin ?? '';
}
