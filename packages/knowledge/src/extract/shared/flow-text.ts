import { markdownTable } from './markdown-table.ts';

/** More columns than any program's tables; a file may claim any number. */
const maxColumns = 256;

interface Cell {
  columns: number;
  /** The neighbour whose text it shows. */
  continues: 'above' | 'left' | undefined;
  readonly blocks: string[];
}

interface Table {
  readonly rows: Cell[][];
}

/**
 * Collects running text with tables in it, in the order of the document, while a reader walks over its elements.
 * Paragraphs may stand in each other (text boxes do), and tables in cells; a merged cell's text stands in each place that
 * it covers.
 */
export class FlowText {
  readonly #blocks: string[] = [];
  readonly #paragraphs: string[] = [];
  readonly #tables: Table[] = [];
  readonly #cells: Cell[] = [];

  openParagraph(): void {
    this.#paragraphs.push('');
  }

  /** Adds to the open paragraph. */
  write(text: string): void {
    const last = this.#paragraphs.length - 1;
    if (last >= 0) this.#paragraphs[last] += text;
  }

  closeParagraph(): void {
    const text = this.#paragraphs.pop();
    if (text !== undefined) this.add(text);
  }

  /** Adds a block: a paragraph, or something that is written already. */
  add(block: string): void {
    (this.#cells.at(-1)?.blocks ?? this.#blocks).push(block);
  }

  openTable(): void {
    this.#tables.push({ rows: [] });
  }

  openRow(): void {
    this.#tables.at(-1)?.rows.push([]);
  }

  openCell(): void {
    const cell: Cell = { columns: 1, continues: undefined, blocks: [] };
    this.#tables.at(-1)?.rows.at(-1)?.push(cell);
    this.#cells.push(cell);
  }

  /** Says that the open cell covers that many columns; nonsense counts as one. */
  spanColumns(count: number): void {
    const cell = this.#cells.at(-1);
    if (cell) cell.columns = Math.min(Math.max(Math.floor(count) || 1, 1), maxColumns);
  }

  /** Says that the open cell is covered by a neighbour. */
  continueFrom(neighbour: 'above' | 'left'): void {
    const cell = this.#cells.at(-1);
    if (cell) cell.continues = neighbour;
  }

  closeCell(): void {
    this.#cells.pop();
  }

  closeTable(): void {
    const table = this.#tables.pop();
    if (!table) return;
    const rows = textsOf(table);
    if (this.#tables.length > 0) {
      // Markdown has no tables in tables: the inner one becomes lines of the outer cell.
      for (const row of rows) this.add(row.filter((text) => text !== '').join(' '));
      return;
    }
    const text = markdownTable(rows);
    if (text !== '') this.add(`${text}\n`);
  }

  /** Everything so far, a line per paragraph. */
  toString(): string {
    return this.#blocks.join('\n');
  }
}

function textsOf({ rows }: Table): string[][] {
  const texts: string[][] = [];
  for (const row of rows) {
    const above = texts.at(-1) ?? [];
    const line: string[] = [];
    for (const { blocks, columns, continues } of row) {
      for (let column = 0; column < columns; column += 1) {
        const covering = continues === 'above' ? above[line.length] : line.at(-1);
        line.push(continues ? (covering ?? '') : blocks.join('\n').trim());
      }
    }
    texts.push(line);
  }
  return texts;
}
