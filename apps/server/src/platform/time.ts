/** A moment as this API writes it: whole seconds since the epoch. */
export function seconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1_000);
}

/** {@link seconds}, or null. */
export function secondsOrNull(moment: Date | null): number | null {
  return moment === null ? null : seconds(moment);
}
