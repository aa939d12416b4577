import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/error.ts';

/** Refusals that no repetition changes. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}

/**
 * The cache of server data.
 *
 * @param onSignedOut called when a read is refused because the session ended and could not be renewed
 */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // The guard of the pages reads these itself and leads to the right place.
        if (query.meta?.['gate']) return;
        if (error instanceof ApiError && error.status === 401) onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < 2 && !isFinal(error),
        retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4000),
      },
    },
  });
}
