/** Groups that hold no text of the document. */
const silentGroups: ReadonlySet<string> = new Set([
  ...[
    'fonttbl',
    'colortbl',
    'stylesheet',
    'info',
    'pict',
    'object',
    'header',
    'footer',
    'themedata',
    'listtable',
  ],
]);
const lineWords: ReadonlySet<string> = new Set(['par', 'line', 'row', 'sect', 'page']);
const tokens = /\\([a-z]+)(-?\d+)? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi;
const westernText = new TextDecoder('windows-1252');

interface Group {
  silent: boolean;
  /** Characters after a Unicode one that stand for it in old programs. */
  replacements: number;
}

/** The text of an RTF document (1.9.1), formatting left out; HTML that Outlook hides in it, too. */
export function rtfText(rtf: string): string {
  const groups: Group[] = [{ silent: false, replacements: 1 }];
  let text = '';
  let ignore = 0;
  for (const [all, word, number, byte, symbol, brace, plain] of rtf.matchAll(tokens)) {
    const group = groups.at(-1) ?? { silent: false, replacements: 1 };
    let written = '';
    if (brace === '{') groups.push({ ...group });
    else if (brace === '}') groups.pop();
    else if (word !== undefined) {
      if (silentGroups.has(word)) group.silent = true;
      else if (word === 'htmlrtf') group.silent = number !== '0';
      else if (word === 'uc') group.replacements = Number(number);
      else if (word === 'u') {
        if (!group.silent) text += String.fromCharCode(Number(number) & 0xffff);
        ignore = group.replacements;
      } else if (lineWords.has(word)) written = '\n';
      else if (word === 'tab' || word === 'cell') written = '\t';
    } else if (symbol === '*') group.silent = true;
    else if (byte !== undefined || plain !== undefined) {
      const shown = plain ?? westernText.decode(Uint8Array.of(Number.parseInt(byte ?? '', 16)));
      written = shown.slice(ignore);
      ignore = Math.max(0, ignore - shown.length);
    } else if (symbol !== undefined)
      written = symbol === '~' ? '\u00a0' : /[\\{}]/.test(symbol) ? symbol : '';
    if (!group.silent && all !== '') text += written;
  }
  return text.trim();
}
