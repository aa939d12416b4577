import { z } from 'zod';
import { isTimezone, languages } from './timezones.ts';

/** An e-mail address, lower-cased. */
export const emailField = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$|^[^\s@]+@localhost$/, 'is not a valid e-mail address')
  .transform((email) => email.toLowerCase());

/** `{result: "success"}`, the answer of calls that have nothing to tell. */
export const resultSchema = z.object({ result: z.literal('success') });

/** The value of {@link resultSchema}. */
export const success = { result: 'success' as const };

/** The answer of a sign-in or refresh. */
export const tokensSchema = z.object({
  result: z.literal('success'),
  data: z.object({ access_token: z.string(), refresh_token: z.string() }),
});

/** An interface language that the console has. */
export const languageField = z.enum(languages as [string, ...string[]]);

/** An IANA time zone. */
export const timezoneField = z.string().refine(isTimezone, 'is not a known time zone');

/** Body of the calls that send a code. A language that mails are not written in is no reason to refuse one. */
export const sendCodeBody = z.object({ email: emailField, language: z.string().max(20).optional() });

/** The answer of the calls that send a code: the token that has to come back with it. */
export const sentSchema = z.object({ result: z.literal('success'), data: z.string() });

/** Body of the calls that check a code. */
export const codeBody = z.object({
  email: emailField,
  code: z.string().max(20),
  token: z.string().max(512),
});

/** The answer of the calls that check a code: the token of the next step. */
export const checkedSchema = z.object({ is_valid: z.boolean(), email: z.string(), token: z.string() });

/** Body of the reset. */
export const resetBody = z.object({
  token: z.string().max(512),
  new_password: z.string(),
  password_confirm: z.string(),
});

/** Body of the registration. */
export const registerBody = resetBody.extend({
  language: languageField.optional(),
  timezone: timezoneField.optional(),
});

/** Body of `/setup`. */
export const setupBody = z.object({
  email: emailField,
  name: z
    .string()
    .trim()
    .min(3, 'must have at least 3 characters')
    .max(30, 'must have at most 30 characters'),
  password: z.string(),
  language: languageField.optional(),
});

/** Body of `/login`. */
export const loginBody = z.object({
  email: emailField,
  password: z.string().min(1, 'is required').max(1_024),
  remember_me: z.boolean().default(false),
  language: z.string().optional(),
  invite_token: z.string().max(512).optional(),
});

/** The signed-in person. */
export const profileSchema = z.object({
  id: z.string(),
  name: z.string(),
  avatar: z.string().nullable(),
  avatar_url: z.string().nullable(),
  email: z.string(),
  is_password_set: z.boolean(),
  interface_language: z.string(),
  interface_theme: z.string(),
  timezone: z.string(),
  last_login_at: z.number().nullable(),
  last_login_ip: z.string().nullable(),
  created_at: z.number(),
});

/** Bodies of the one-field profile calls. */
export const nameBody = z.object({ name: z.string().trim().min(3).max(30) });
/** See {@link nameBody}. */
export const avatarBody = z.object({ avatar: z.string().max(255) });
/** See {@link nameBody}. */
export const languageBody = z.object({ interface_language: languageField });
/** See {@link nameBody}. */
export const themeBody = z.object({ interface_theme: z.enum(['light', 'dark', 'system']) });
/** See {@link nameBody}. */
export const timezoneBody = z.object({ timezone: timezoneField });
/** Body of the password change. */
export const passwordBody = z.object({
  password: z.string().optional(),
  new_password: z.string(),
  repeat_new_password: z.string(),
});
