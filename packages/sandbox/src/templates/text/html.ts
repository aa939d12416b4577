const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

/** Escapes text for HTML as Python's MarkupSafe does. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => escapes[character] ?? character);
}

const named = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00a0',
    copy: '©',
    reg: '®',
    trade: '™',
    hellip: '…',
    mdash: '—',
    ndash: '–',
    lsquo: '‘',
    rsquo: '’',
    ldquo: '“',
    rdquo: '”',
    laquo: '«',
    raquo: '»',
    bull: '•',
    middot: '·',
    times: '×',
    divide: '÷',
    deg: '°',
    plusmn: '±',
    euro: '€',
    pound: '£',
    yen: '¥',
    cent: '¢',
    sect: '§',
    para: '¶',
    larr: '←',
    rarr: '→',
    uarr: '↑',
    darr: '↓',
    ensp: '\u2002',
    emsp: '\u2003',
    thinsp: '\u2009',
    shy: '\u00ad',
  }),
);

/** Turns character references back into characters: numeric ones and the usual names. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(?:#[xX]([\da-fA-F]{1,6})|#(\d{1,7})|(\w{1,10}));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return named.get(name) ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
      ? '\ufffd'
      : String.fromCodePoint(code);
  });
}

/** Removes comments and tags, collapses whitespace and resolves character references. */
export function stripTags(text: string): string {
  return unescapeHtml(
    removeBetween(removeBetween(text, '<!--', '-->'), '<', '>')
      .split(/\s+/u)
      .filter(Boolean)
      .join(' '),
  );
}

// Searched by hand: a regular expression would take quadratic time over many openings without an end.
function removeBetween(text: string, begin: string, end: string): string {
  let result = '';
  let position = 0;
  for (;;) {
    const from = text.indexOf(begin, position);
    const to = from < 0 ? -1 : text.indexOf(end, from + begin.length);
    if (to < 0) return result + text.slice(position);
    result += text.slice(position, from);
    position = to + end.length;
  }
}
