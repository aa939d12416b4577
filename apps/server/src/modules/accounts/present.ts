import type { z } from 'zod';
import { seconds, secondsOrNull } from '../../platform/time.ts';
import type { profileSchema } from './schema.ts';
import type { Account } from './store.ts';

/** A profile as the console reads it. */
export function toProfile(account: Account): z.infer<typeof profileSchema> {
  return {
    id: account.id,
    name: account.name,
    avatar: account.avatar,
    avatar_url: null,
    email: account.email,
    is_password_set: account.passwordHash !== null,
    interface_language: account.interfaceLanguage,
    interface_theme: account.interfaceTheme,
    timezone: account.timezone,
    last_login_at: secondsOrNull(account.lastLoginAt),
    last_login_ip: account.lastLoginIp,
    created_at: seconds(account.createdAt),
  };
}
