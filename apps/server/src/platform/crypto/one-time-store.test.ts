import { openTestDatabase } from '../database/testing.ts';
import { createMemoryOneTimeStore } from './one-time-memory-store.ts';
import { createPostgresOneTimeStore } from './one-time-postgres-store.ts';
import { describeOneTimeStore } from './testing/one-time-store-contract.ts';

describeOneTimeStore('memory', async () => ({
  store: createMemoryOneTimeStore(),
  close: async () => undefined,
}));

describeOneTimeStore('PostgreSQL', async () => {
  const database = await openTestDatabase();
  return { store: createPostgresOneTimeStore(database.pool), close: () => database.close() };
});
