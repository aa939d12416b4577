import { z } from 'zod';
import { i18nSchema } from './common.ts';

const conditionSchema = z.object({ variable: z.string(), value: z.coerce.string() });

const optionSchema = z.object({
  label: i18nSchema,
  value: z.coerce.string(),
  show_on: z.array(conditionSchema).default([]),
});

/** One field of a credential form. */
export const credentialFieldSchema = z.object({
  variable: z.string().min(1),
  label: i18nSchema,
  type: z.enum(['text-input', 'secret-input', 'select', 'radio', 'switch']),
  required: z.boolean().default(true),
  default: z.coerce
    .string()
    .nullish()
    .transform((value) => value ?? null),
  options: z
    .array(optionSchema)
    .nullish()
    .transform((options) => options ?? null),
  placeholder: i18nSchema.nullish().transform((text) => text ?? null),
  /** Longest allowed text in characters; 0 is unlimited. */
  max_length: z.int().min(0).default(0),
  show_on: z.array(conditionSchema).default([]),
});

/** A field of a credential form. */
export type CredentialField = z.infer<typeof credentialFieldSchema>;

/** A credential form: its fields in the order of display. */
export type CredentialForm = readonly CredentialField[];

/** Stored or submitted credentials: one value per field variable. */
export type Credentials = Readonly<Record<string, unknown>>;

/** The text of one credential; undefined when it is missing or empty. */
export function credentialText(credentials: Credentials, variable: string): string | undefined {
  const value = credentials[variable];
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
