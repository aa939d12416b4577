/** Sent by forms in place of a secret that the person did not change. */
export const HIDDEN_VALUE = '[__HIDDEN__]';

/** How a secret is displayed: empty stays empty, short ones vanish, others keep six characters in front and two behind. */
export function maskSecret(secret: string): string {
  if (secret === '') return '';
  if (secret.length <= 8) return '*'.repeat(20);
  return `${secret.slice(0, 6)}${'*'.repeat(12)}${secret.slice(-2)}`;
}

/** Whether a submitted value means "keep what is stored": the marker, or exactly what was displayed. */
export function isUnchangedSecret(submitted: string, stored: string): boolean {
  return submitted === HIDDEN_VALUE || (stored !== '' && submitted === maskSecret(stored));
}
