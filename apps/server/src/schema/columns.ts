/** Column helpers shared by all table definitions. */
import { timestamp, uuid } from 'drizzle-orm/pg-core';
import { newId } from '../platform/ids.ts';

/** A UUID primary key, made by us (version 7) so that PostgreSQL before 18 serves as well. */
export const id = () =>
  uuid('id')
    .primaryKey()
    .$defaultFn(() => newId());

/** A moment with time zone, read and written as `Date`. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** `created_at`, set by the database. */
export const createdAt = () => moment('created_at').notNull().defaultNow();

/** `updated_at`, set by the database at insert and by stores at update. */
export const updatedAt = () => moment('updated_at').notNull().defaultNow();
