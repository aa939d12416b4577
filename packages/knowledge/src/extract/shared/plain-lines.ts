/** Text whose lines end with a line feed, without NULs, which no text has and no database takes. */
export function plainLines(text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll('\0', '');
}
