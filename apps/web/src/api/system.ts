import { queryOptions } from '@tanstack/react-query';
import { consoleApi } from './console.ts';

/** What the installation runs on. */
export interface SystemStatus {
  readonly version: string;
  readonly node: string;
  readonly uptime_seconds: number;
  readonly memory_megabytes: number;
  readonly database: { readonly kind: string; readonly version: string; readonly place: string };
  readonly storage: string;
  readonly mail: string;
  readonly running: { readonly turns: number; readonly runs: number; readonly streams: number };
  readonly sandbox: {
    readonly languages: readonly {
      readonly language: string;
      readonly backend: string | null;
      readonly reason: string;
      readonly interpreter: string | null;
    }[];
    readonly refused: readonly { readonly backend: string; readonly reason: string }[];
    readonly network_allowed: boolean;
  };
}

/** The status of the installation, for those who operate it. */
export const systemStatusQuery = queryOptions({
  queryKey: ['system-status'],
  queryFn: ({ signal }) => consoleApi<SystemStatus>('/system/status', { signal }),
});
