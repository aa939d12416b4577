/** The texts "1" to "count": keys for things that are drawn a fixed number of times. */
export function range(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}
