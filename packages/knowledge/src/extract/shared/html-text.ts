import { Parser } from 'htmlparser2';
import { tooDeep } from '../errors.ts';
import { FlowText } from './flow-text.ts';

const maxDepth = 1_000;
const silent: ReadonlySet<string> = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'head',
  'svg',
  'math',
  'nav',
  'rt',
  'rp',
]);
const blocks: ReadonlySet<string> = new Set([
  ...[
    'address',
    'article',
    'aside',
    'blockquote',
    'body',
    'caption',
    'center',
    'dd',
    'details',
    'div',
    'dl',
    'dt',
  ],
  ...[
    'fieldset',
    'figcaption',
    'figure',
    'footer',
    'form',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'header',
    'hr',
    'html',
  ],
  ...[
    'li',
    'main',
    'ol',
    'p',
    'pre',
    'section',
    'summary',
    'table',
    'tbody',
    'td',
    'tfoot',
    'th',
    'thead',
    'tr',
    'ul',
  ],
]);

/**
 * What an HTML page says, as Markdown: headings, lists, links, tables and preformatted text; scripts, styles and
 * navigation are left out. Goes over the page once, in time that grows with its length.
 *
 * Errors: `document_too_large` where elements stand too deep in each other.
 */
export function htmlText(html: string): string {
  const writer = new MarkdownWriter();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, attributes),
      ontext: (text) => writer.text(text),
      onclosetag: (name) => writer.close(name),
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return writer.toString();
}

interface List {
  readonly ordered: boolean;
  count: number;
}

/** Turns the events of a parser into Markdown. */
class MarkdownWriter {
  readonly #flow = new FlowText();
  readonly #lists: List[] = [];
  readonly #links: { readonly href: string; readonly start: number }[] = [];
  #line = '';
  /** Stands before the line when it gets any text. */
  #mark = '';
  #depth = 0;
  #silence = 0;
  #preformatted = 0;
  #tables = 0;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw tooDeep();
    if (this.#silence > 0 || silent.has(name)) {
      this.#silence += 1;
      return;
    }
    if (blocks.has(name)) this.#endLine();
    const level = /^h([1-6])$/.exec(name)?.[1];
    if (level) this.#mark = `${'#'.repeat(Number(level))} `;
    switch (name) {
      case 'br':
        this.#line += '\n';
        break;
      case 'ul':
      case 'ol':
        this.#lists.push({ ordered: name === 'ol', count: 0 });
        break;
      case 'li':
        this.#mark = this.#itemMark();
        break;
      case 'a':
        this.#links.push({ href: attributes['href'] ?? '', start: this.#line.length });
        break;
      case 'pre':
        this.#preformatted += 1;
        if (this.#tables === 0) this.#flow.add('```');
        break;
      case 'table':
        this.#tables += 1;
        this.#flow.openTable();
        break;
      case 'tr':
        this.#flow.openRow();
        break;
      case 'td':
      case 'th':
        this.#flow.openCell();
        this.#flow.spanColumns(Number(attributes['colspan'] ?? 1));
        break;
    }
  }

  text(text: string): void {
    if (this.#silence > 0) return;
    this.#line += this.#preformatted > 0 ? text : text.replace(/[\t\n\f\r ]+/g, ' ');
  }

  close(name: string): void {
    this.#depth -= 1;
    if (this.#silence > 0) {
      this.#silence -= 1;
      return;
    }
    if (name === 'a') this.#endLink();
    if (blocks.has(name)) this.#endLine();
    switch (name) {
      case 'ul':
      case 'ol':
        this.#lists.pop();
        break;
      case 'pre':
        this.#preformatted -= 1;
        if (this.#tables === 0) this.#flow.add('```');
        break;
      case 'td':
      case 'th':
        this.#flow.closeCell();
        break;
      case 'table':
        this.#tables -= 1;
        this.#flow.closeTable();
        break;
    }
  }

  toString(): string {
    this.#endLine();
    return this.#flow.toString().trim();
  }

  #itemMark(): string {
    const list = this.#lists.at(-1);
    const indent = '  '.repeat(Math.max(0, this.#lists.length - 1));
    if (!list?.ordered) return `${indent}- `;
    list.count += 1;
    return `${indent}${list.count}. `;
  }

  #endLink(): void {
    const link = this.#links.pop();
    if (!link || !/^(https?:|mailto:)/i.test(link.href)) return;
    const words = this.#line.slice(link.start).trim();
    if (words !== '' && words !== link.href) {
      this.#line = `${this.#line.slice(0, link.start)}[${words}](${link.href})`;
    }
  }

  #endLine(): void {
    const text =
      this.#preformatted > 0
        ? this.#line.replace(/^\n|\n$/g, '')
        : this.#line
            .replace(/ *\n */g, '\n')
            .replace(/ {2,}/g, ' ')
            .trim();
    this.#line = '';
    if (text === '') return;
    this.#flow.add(`${this.#mark}${text}`);
    this.#mark = '';
  }
}
