import type { FormVariable } from '../../api/model-config.ts';
import { plainText } from '../../features/process/outputs.ts';
import type { BatchRow } from './batch-store.ts';

/** What the columns are called. */
interface Headings {
  /** Of the inputs, in their order. */
  readonly names: readonly string[];
  readonly status: string;
  readonly error: string;
}

/** The rows with everything that came out, as the cells of a table: inputs, outputs, status, error. */
export function resultTable(
  rows: readonly BatchRow[],
  columns: readonly FormVariable[],
  { names, status, error }: Headings,
): string[][] {
  const outputs = [...new Set(rows.flatMap((row) => Object.keys(row.outputs)))];
  return [
    [...names, ...outputs, status, error],
    ...rows.map((row) => [
      ...columns.map(({ variable }) => plainText(row.inputs[variable])),
      ...outputs.map((name) => plainText(row.outputs[name])),
      row.status,
      row.error,
    ]),
  ];
}
