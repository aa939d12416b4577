import type { GraphNode } from '@trellis/graph';
import type { FailurePolicy, RetryPolicy } from './plan.ts';

const longestIntervalMs = 300_000;

/** How a node's failures are met, from its data. Containers are never retried as a whole. */
export function failurePolicyOf(node: GraphNode): FailurePolicy {
  const { error_strategy: strategy, default_value: defaults, retry_config: retry } = node.data;
  return {
    strategy,
    defaults: Object.fromEntries(defaults.map(({ key, value }) => [key, value])),
    retry: node.kind === 'container' ? null : retryPolicyOf(retry),
  };
}

/** `backoff`, `max_interval` and `jitter` are our own keys beside the three that other systems know. */
function retryPolicyOf(config: GraphNode['data']['retry_config']): RetryPolicy | null {
  if (!config.retry_enabled || config.max_retries < 1) return null;
  const extra: Readonly<Record<string, unknown>> = config;
  const { backoff, max_interval: maxInterval, jitter } = extra;
  return {
    maxRetries: config.max_retries,
    intervalMs: config.retry_interval,
    backoff: backoff === 'exponential' ? 'exponential' : 'fixed',
    maxIntervalMs: typeof maxInterval === 'number' && maxInterval > 0 ? maxInterval : longestIntervalMs,
    jitter: typeof jitter === 'number' ? Math.min(Math.max(jitter, 0), 1) : 0,
  };
}

/**
 * Milliseconds to wait before a retry. `retryIndex` counts from 1; `random` is in [0, 1) and moves the share of the
 * interval that `jitter` leaves open.
 */
export function retryDelayMs(policy: RetryPolicy, retryIndex: number, random: number): number {
  const grown =
    policy.backoff === 'fixed' ? policy.intervalMs : policy.intervalMs * 2 ** Math.min(retryIndex - 1, 30);
  const interval = policy.backoff === 'fixed' ? grown : Math.min(grown, policy.maxIntervalMs);
  return Math.round(interval * (1 - policy.jitter * random));
}
