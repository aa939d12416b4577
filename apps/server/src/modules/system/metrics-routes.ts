import { secretsEqual } from '../../platform/crypto/constant-time.ts';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, BinaryReply, defineRoute } from '../../platform/http/route.ts';
import type { Metrics } from '../../platform/telemetry/metrics.ts';

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * Prometheus metrics. They are answered to this machine, and to callers with the operator's `ADMIN_API_KEY` as bearer
 * token where that is switched on; a stranger learns nothing about traffic.
 */
export function metricsRoutes(options: { metrics: Metrics; adminKey: string | undefined }): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/metrics',
      auth: 'public',
      summary: 'Figures of this process, for Prometheus.',
      tag: 'System',
      rate: 'none',
      answers: 'bytes',
      errors: ['unauthorized'],
      handler: async ({ request }) => {
        const bearer = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
        const isLocal =
          loopback.has(request.raw.socket.remoteAddress ?? '') && !request.headers['x-forwarded-for'];
        if (!isLocal && !secretsEqual(bearer, options.adminKey)) throw new ApiError('unauthorized');
        return new BinaryReply(Buffer.from(await options.metrics.text()), {
          'content-type': options.metrics.contentType,
        });
      },
    }),
  ];
}
