import { setTimeout as delay } from 'node:timers/promises';
import { openTestDatabase } from '../database/testing.ts';
import { createPostgresCounterStore } from './postgres-counter-store.ts';
import { describeCounterStore } from './testing/counter-store-contract.ts';

describeCounterStore('PostgreSQL', async () => {
  const database = await openTestDatabase();
  return {
    store: createPostgresCounterStore(database.pool),
    wait: (ms) => delay(ms),
    close: () => database.close(),
  };
});
