/** A file among the outputs of a workflow. */
export interface OutputFile {
  readonly type: string;
  readonly url: string;
  readonly filename?: string;
}

function fileOf(value: unknown): OutputFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { url, type, transfer_method, filename } = value as Record<string, unknown>;
  if (typeof url !== 'string' || typeof type !== 'string' || transfer_method === undefined) return undefined;
  return { url, type, ...(typeof filename === 'string' ? { filename } : {}) };
}

/** The files of a value that is a file or a list of files; undefined for every other value. */
export function filesOf(value: unknown): readonly OutputFile[] | undefined {
  const single = fileOf(value);
  if (single) return [single];
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const files = value.map(fileOf);
  return files.every((file) => file !== undefined) ? files : undefined;
}

/** A value as text: texts as they are, files by their address, everything else as JSON. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  const files = filesOf(value);
  if (files) return files.map(({ url }) => url).join('\n');
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

/** All outputs as one text, for the clipboard. */
export function outputsText(outputs: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(outputs);
  if (entries.length === 1) return plainText(entries[0]?.[1]);
  return entries.map(([name, value]) => `${name}:\n${plainText(value)}`).join('\n\n');
}
