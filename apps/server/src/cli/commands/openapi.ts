import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeApi, documentPath, documentText } from '../../api-document.ts';
import type { Command } from '../command.ts';

const root = join(import.meta.dirname, '../../../../..');

/** Writes the API document that the repository keeps. */
export const openapi: Command = {
  name: 'openapi',
  summary: `Write the API document, ${documentPath} (--print shows it instead)`,
  usage: '[--print]',
  options: { print: { type: 'boolean' } },
  async run(context, { flags }) {
    const text = documentText(await describeApi(context.version));
    if (flags.has('print')) {
      context.print(text.trimEnd());
      return;
    }
    await writeFile(join(root, documentPath), text);
    context.print(`Written: ${documentPath}`);
  },
};
