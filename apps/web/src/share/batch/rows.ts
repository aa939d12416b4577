import type { FormVariable } from '../../api/model-config.ts';

/** Why a file cannot be run; the first finds are enough to mend it. */
export type BatchProblem =
  | { readonly kind: 'encoding' | 'empty' | 'no-rows' | 'unreadable' }
  | { readonly kind: 'header'; readonly missing: readonly string[]; readonly unknown: readonly string[] }
  | { readonly kind: 'empty-row'; readonly row: number }
  | {
      readonly kind: 'missing' | 'too-long' | 'not-number' | 'not-option' | 'not-json' | 'not-yes-or-no';
      readonly row: number;
      readonly column: string;
      /** Allowed length, or the options, where that is the problem. */
      readonly allowed?: string;
    };

/** Rows ready to run, or what has to be mended. */
export type BatchFile =
  | { readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly problems?: undefined }
  | { readonly problems: readonly BatchProblem[] };

/** More problems are not listed: they usually have one cause. */
const maxProblems = 20;
const yes = new Set(['true', '1', 'yes', 'on']);
const no = new Set(['false', '0', 'no', 'off', '']);

/** The variables that a table can carry; files cannot, and what the server fills itself is not asked for. */
export function batchVariables(variables: readonly FormVariable[]): FormVariable[] {
  return variables.filter(
    ({ type, hide }) => !hide && type !== 'file' && type !== 'file-list' && type !== 'external_data_tool',
  );
}

/** Whether the app can be run without anything that a table cannot carry. */
export function canBatch(variables: readonly FormVariable[]): boolean {
  return !variables.some(({ type, required }) => required && (type === 'file' || type === 'file-list'));
}

/** The heading of a variable's column: its label, or its name where two labels are the same. */
export function columnNames(variables: readonly FormVariable[]): string[] {
  const count = new Map<string, number>();
  for (const { label } of variables) count.set(label, (count.get(label) ?? 0) + 1);
  return variables.map(({ label, variable }) => (label && count.get(label) === 1 ? label : variable));
}

/** Decodes a file. Undefined when it is not UTF-8; a byte-order mark is no part of the text. */
export function decodeCsv(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Reads the cells of a table against the app's variables. Rows are counted as a spreadsheet does: the header is 1. */
export function readRows(
  cells: readonly (readonly string[])[],
  variables: readonly FormVariable[],
): BatchFile {
  const [header, ...body] = cells;
  if (!header || header.every((cell) => cell.trim() === '')) return { problems: [{ kind: 'empty' }] };
  const columns = matchColumns(header, variables);
  if ('problem' in columns) return { problems: [columns.problem] };
  // Editors end the last line, and leave empty lines after it.
  while (body.at(-1)?.every((cell) => cell.trim() === '')) body.pop();
  if (body.length === 0) return { problems: [{ kind: 'no-rows' }] };

  const problems: BatchProblem[] = [];
  const rows = body.map((line, index) => {
    const row = index + 2;
    if (line.every((cell) => cell.trim() === '')) {
      problems.push({ kind: 'empty-row', row });
      return {};
    }
    const inputs: Record<string, unknown> = {};
    for (const { variable, at, name } of columns.matched) {
      const read = readCell(variable, line[at] ?? '');
      if ('problem' in read) problems.push({ row, column: name, ...read.problem });
      else if (read.value !== undefined) inputs[variable.variable] = read.value;
    }
    return inputs;
  });
  return problems.length > 0 ? { problems: problems.slice(0, maxProblems) } : { rows };
}

function matchColumns(header: readonly string[], variables: readonly FormVariable[]) {
  const names = columnNames(variables);
  const titles = header.map((cell) => cell.trim());
  const matched = variables.map((variable, index) => {
    const name = names[index] ?? variable.variable;
    const at = titles.indexOf(name);
    return { variable, name, at: at >= 0 ? at : titles.indexOf(variable.variable) };
  });
  const missing = matched.filter(({ at }) => at < 0).map(({ name }) => name);
  const used = new Set(matched.map(({ at }) => at));
  const unknown = titles.filter((title, at) => title !== '' && !used.has(at));
  return missing.length + unknown.length > 0
    ? { problem: { kind: 'header', missing, unknown } as const }
    : { matched };
}

type CellProblem = Pick<Extract<BatchProblem, { column: string }>, 'kind' | 'allowed'>;

function readCell(variable: FormVariable, cell: string): { value: unknown } | { problem: CellProblem } {
  const text = cell.trim();
  if (variable.type === 'checkbox') {
    if (yes.has(text.toLowerCase())) return { value: true };
    return no.has(text.toLowerCase()) ? { value: false } : { problem: { kind: 'not-yes-or-no' } };
  }
  if (text === '') return variable.required ? { problem: { kind: 'missing' } } : { value: undefined };
  switch (variable.type) {
    case 'number':
      return Number.isFinite(Number(text)) ? { value: Number(text) } : { problem: { kind: 'not-number' } };
    case 'select':
      return variable.options.includes(text)
        ? { value: text }
        : { problem: { kind: 'not-option', allowed: variable.options.join(', ') } };
    case 'json_object':
      try {
        return { value: JSON.parse(text) };
      } catch {
        return { problem: { kind: 'not-json' } };
      }
    case 'text-input':
    case 'paragraph':
      return variable.max_length && cell.length > variable.max_length
        ? { problem: { kind: 'too-long', allowed: String(variable.max_length) } }
        : { value: cell };
    default:
      return { value: cell };
  }
}
