import type { CredentialForm, Credentials } from '../schema/credential-form.ts';

/** What clients send for a secret that is to stay as it is. */
export const unchangedSecret = '[__HIDDEN__]';

/** A secret as it may be shown: the first six and the last two characters, or nothing of a short one. */
export function maskSecret(secret: string): string {
  if (secret === '') return secret;
  if (secret.length <= 8) return '*'.repeat(20);
  return `${secret.slice(0, 6)}${'*'.repeat(12)}${secret.slice(-2)}`;
}

/** Variables of a form whose values are secret: encrypted at rest, masked when shown. */
export function secretVariables(form: CredentialForm): Set<string> {
  return new Set(form.filter((field) => field.type === 'secret-input').map((field) => field.variable));
}

/** Credentials as they may be shown: secret fields masked, the others as they are. */
export function maskCredentials(form: CredentialForm, credentials: Credentials): Record<string, unknown> {
  const secret = secretVariables(form);
  return Object.fromEntries(
    Object.entries(credentials).map(([variable, value]) => [
      variable,
      secret.has(variable) && typeof value === 'string' ? maskSecret(value) : value,
    ]),
  );
}

/**
 * Puts stored secrets back where an update leaves them unchanged: where it sends the marker, or exactly the masked
 * text that was shown.
 */
export function restoreSecrets(options: {
  form: CredentialForm;
  submitted: Credentials;
  stored: Credentials;
}): Record<string, unknown> {
  const { form, submitted, stored } = options;
  const secret = secretVariables(form);
  return Object.fromEntries(
    Object.entries(submitted).map(([variable, value]) => {
      const kept = stored[variable];
      if (!secret.has(variable) || typeof kept !== 'string') return [variable, value];
      return [variable, value === unchangedSecret || value === maskSecret(kept) ? kept : value];
    }),
  );
}
