import type { Command } from '../command.ts';

/** Prints the settings in force. */
export const environment: Command = {
  name: 'environment',
  aliases: ['env'],
  summary: 'Print the settings in force (--all with defaults); secrets are masked',
  usage: '[--all]',
  options: { all: { type: 'boolean' } },
  async run(context, { flags }) {
    const rows = context.environment.table.filter(({ given }) => given || flags.has('all'));
    for (const { name, value, given } of rows) context.print(`${name}=${value}${given ? '' : '  (default)'}`);
    if (rows.length === 0) context.print('Every setting has its default.');
  },
};
